import Dispatch
import Foundation
import Synchronization

/// A few threads of their own for what costs much. The kernel lets those that answer requests go first.
final class Rechenplaetze: Sendable {
    /// What waits, apart from the threads' owner, so that they end with it.
    private final class Warteschlange: Sendable {
        private struct Stand {
            var arbeiten: [@Sendable () -> Void] = []
            /// Those in front were begun; removing each of them one by one would move all others.
            var begonnen = 0
        }

        private let stand = Mutex(Stand())
        private let signal = DispatchSemaphore(value: 0)

        func stelleAn(_ work: @escaping @Sendable () -> Void) {
            stand.withLock { $0.arbeiten.append(work) }
            signal.signal()
        }

        /// Wakes each thread once more than there is work, which ends it.
        func schliesse(_ threads: Int) {
            for _ in 0..<threads { signal.signal() }
        }

        /// Waits for the next work; nil when there will be none.
        func naechste() -> (@Sendable () -> Void)? {
            signal.wait()
            return stand.withLock { stand in
                guard stand.begonnen < stand.arbeiten.count else { return nil }
                let work = stand.arbeiten[stand.begonnen]
                stand.begonnen += 1
                if stand.begonnen == stand.arbeiten.count {
                    stand.arbeiten.removeAll(keepingCapacity: true)
                    stand.begonnen = 0
                }
                return work
            }
        }
    }

    private static let name = "leitstand.anmeldung"
    /// How much less important they are: about a tenth of the processor where somebody else wants it.
    private static let nachrang: Int32 = 10

    private let schlange = Warteschlange()
    private let anzahl: Int

    init(_ anzahl: Int) {
        self.anzahl = anzahl
        for _ in 0..<anzahl {
            let schlange = schlange
            let thread = Thread {
                // With 0 it is this thread alone. A system that forbids it only gives no precedence to others.
                _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, Rechenplaetze.nachrang)
                Thread.current.threadDictionary[Rechenplaetze.name] = true
                while let work = schlange.naechste() { work() }
            }
            thread.start()
        }
    }

    deinit { schlange.schliesse(anzahl) }

    /// Whether this code runs on one of these threads.
    static var istHier: Bool { Thread.current.threadDictionary[name] != nil }

    func rechne<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            schlange.stelleAn { continuation.resume(returning: work()) }
        }
    }
}
