import Dispatch
import Foundation
import Kernel
import Synchronization

/// Collects log lines and writes them by a thread of its own: at the latest after a tenth of a second, sooner when there
/// are many.
///
/// Memory is bounded and no line is lost: while the buffer is full, whoever has a line waits until there is room.
final class LogBuffer: Sendable {
    /// From so many bytes on they are written at once.
    static let portion = 64 * 1024
    /// With so many bytes waiting a line must wait.
    static let limit = 1024 * 1024
    static let delay = DispatchTimeInterval.milliseconds(100)

    private struct State {
        var bytes: [UInt8] = []
        var spare: [UInt8] = []
        var isScheduled = false
        var isDue = false
        /// The second last written down, and its text.
        var second = Int.min
        var stamp: [UInt8] = []
    }

    private enum Next { case nothing, later, soon, now }

    private let file: Int32
    private let state = Mutex(State())
    private let writer = DispatchQueue(label: "leitstand.protokoll")

    init(file: Int32) { self.file = file }

    /// Standard error; what is left is written when the process ends by itself.
    static let standardError: LogBuffer = {
        atexit { LogBuffer.standardError.flush() }
        return LogBuffer(file: 2)
    }()

    /// Adds one line, begun with the present moment; an urgent one is written before this returns.
    func line(isUrgent: Bool = false, _ write: (inout [UInt8]) -> Void) {
        let next: Next = state.withLock { state in
            LogBuffer.begin(&state)
            write(&state.bytes)
            state.bytes.append(UInt8(ascii: "}"))
            state.bytes.append(10)
            if isUrgent || state.bytes.count >= LogBuffer.limit { return .now }
            if state.bytes.count >= LogBuffer.portion {
                defer { state.isDue = true }
                return state.isDue ? .nothing : .soon
            }
            defer { state.isScheduled = true }
            return state.isScheduled ? .nothing : .later
        }
        switch next {
        case .nothing: break
        case .later: writer.asyncAfter(deadline: .now() + LogBuffer.delay) { self.drain() }
        case .soon: writer.async { self.drain() }
        case .now: flush()
        }
    }

    /// Returns when everything added so far is written.
    func flush() { writer.sync { drain() } }

    /// `{"zeit":"2026-11-22T03:15:29.123Z"`; the text of a second is made once.
    private static func begin(_ state: inout State) {
        let now = Instant.jetzt()
        let (second, milli) = now.rawValue.quotientAndRemainder(dividingBy: 1000)
        if second != state.second {
            state.second = second
            state.stamp = Array("{\"zeit\":\"".utf8) + Array(now.iso.utf8.prefix(20))
        }
        state.bytes.append(contentsOf: state.stamp)
        state.bytes.append(UInt8(truncatingIfNeeded: 48 + milli / 100))
        state.bytes.append(UInt8(truncatingIfNeeded: 48 + milli / 10 % 10))
        state.bytes.append(UInt8(truncatingIfNeeded: 48 + milli % 10))
        state.bytes.append(UInt8(ascii: "Z"))
        state.bytes.append(UInt8(ascii: "\""))
    }

    /// Only on the writer's queue, so that pieces keep their order.
    private func drain() {
        var bytes = state.withLock { state in
            var taken: [UInt8] = []
            swap(&taken, &state.spare)
            swap(&taken, &state.bytes)
            (state.isScheduled, state.isDue) = (false, false)
            return taken
        }
        bytes.withUnsafeBytes { write($0) }
        bytes.removeAll(keepingCapacity: true)
        state.withLock { state in swap(&state.spare, &bytes) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty, let start = bytes.baseAddress.map({ $0 + rest.startIndex }) {
            let written = Foundation.write(file, start, rest.count)
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if written < 0, errno == EAGAIN {
                // Somebody shares our standard error and made it non-blocking.
                var waiting = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 1000)
            } else if written < 0, errno == EINTR {
                continue
            } else {
                return
            }
        }
    }
}
