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
    private func schreibe(_ count: Int, in buffer: LogBuffer, _ lauf: Lauf, _ group: DispatchGroup) {
        for thread in 0..<4 {
            DispatchQueue.global().async(group: group) {
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

    @Test func `whoever has a line waits while the buffer is full, and every line arrives once and whole`() throws {
        let (pipe, lauf, group) = (Pipe(), Lauf(), DispatchGroup())
        let buffer = LogBuffer(file: pipe.fileHandleForWriting.fileDescriptor)
        let count = 20_000
        schreibe(count, in: buffer, lauf, group)
        // Nobody reads yet: what fits is the buffer, a portion on its way and the pipe.
        usleep(300_000)
        let before = lauf.angenommen.withLock { $0 }
        #expect(before > 0 && before * 190 < 2 * LogBuffer.limit + 256 * 1024, "\(before) Zeilen angenommen")
        let ende = DispatchGroup()
        DispatchQueue.global().async(group: ende) {
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            lauf.gelesen.withLock { $0 = data }
        }
        group.wait()
        buffer.flush()
        try pipe.fileHandleForWriting.close()
        ende.wait()
        let lines = lauf.gelesen.withLock { $0 }.split(separator: 10)
        #expect(lines.count == count)
        var seen: Set<Int> = []
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Any])
            #expect(seen.insert(try #require(object["n"] as? Int)).inserted)
        }
        #expect(seen.count == count)
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
