import Foundation
import Synchronization
import Testing

@testable import Web

/// Lines go through memory and still none is lost, torn or without bound.
@Suite(.timeLimit(.minutes(2))) struct LogBufferTests {
    private final class Lauf: Sendable {
        let angenommen = Mutex(0)
        let gelesen = Mutex(Data())
    }

    /// Writes so many numbered lines of 200 bytes from several threads.
    private func schreibe(_ count: Int, in buffer: LogBuffer, _ lauf: Lauf) {
        for thread in 0..<4 {
            DispatchQueue.global().async {
                for number in 0..<count / 4 {
                    buffer.line { bytes in
                        bytes.append(contentsOf: ",\"n\":\(thread * count + number),\"t\":\"".utf8)
                        bytes.append(contentsOf: [UInt8](repeating: 97, count: 150))
                        bytes.append(UInt8(ascii: "\""))
                    }
                    lauf.angenommen.withLock { $0 += 1 }
                }
            }
        }
    }

    @Test func `whoever has a line waits while the buffer is full, and every line arrives once and whole`() async throws
    {
        let (pipe, lauf) = (Pipe(), Lauf())
        let buffer = LogBuffer(file: pipe.fileHandleForWriting.fileDescriptor)
        let count = 12_000
        schreibe(count, in: buffer, lauf)
        // Nobody reads yet: what fits is the buffer, a portion on its way and the pipe.
        var (before, quiet) = (0, 0)
        while before == 0 || quiet < 10 {
            try await Task.sleep(for: .milliseconds(50))
            let now = lauf.angenommen.withLock { $0 }
            quiet = now == before ? quiet + 1 : 0
            before = now
        }
        #expect(before < count && before * 190 < 2 * LogBuffer.limit, "\(before) Zeilen angenommen")
        DispatchQueue.global().async {
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            lauf.gelesen.withLock { $0 = data }
        }
        while lauf.angenommen.withLock({ $0 }) < count { try await Task.sleep(for: .milliseconds(10)) }
        buffer.flush()
        try pipe.fileHandleForWriting.close()
        while lauf.gelesen.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(10)) }
        let text = lauf.gelesen.withLock { String(decoding: $0, as: UTF8.self) }
        var seen: Set<Substring> = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ",")
            #expect(parts.count == 3 && parts[0].hasPrefix("{\"zeit\":\"") && parts[2].utf8.count == 157)
            seen.insert(parts[1])
        }
        #expect(seen.count == count && text.utf8.count(where: { $0 == 10 }) == count)
    }

    @Test func `a single line is written by itself soon after`() throws {
        let pipe = Pipe()
        let buffer = LogBuffer(file: pipe.fileHandleForWriting.fileDescriptor)
        buffer.line { bytes in bytes.append(contentsOf: ",\"a\":1".utf8) }
        // Blocks until something comes; the time limit of the suite says that it must.
        let text = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        #expect(text.hasPrefix("{\"zeit\":\"2") && text.hasSuffix("Z\",\"a\":1}\n"))
        withExtendedLifetime(buffer) {}
    }
}
