import Synchronization

/// Work that nobody waits for, with a limit; it ends with the process.
package final class Hintergrund: Sendable {
    private struct Stand {
        var naechste = 0
        var arbeiten: [Int: Task<Void, Never>] = [:]
    }

    private let stand = Mutex(Stand())
    private let hoechstens: Int

    package init(hoechstens: Int = 200) { self.hoechstens = hoechstens }

    /// False when so much is under way that this is not begun.
    @discardableResult
    package func starte(_ work: @escaping @Sendable () async -> Void) -> Bool {
        stand.withLock { stand in
            guard stand.arbeiten.count < hoechstens else { return false }
            let number = stand.naechste
            stand.naechste += 1
            stand.arbeiten[number] = Task {
                await work()
                self.stand.withLock { $0.arbeiten[number] = nil }
            }
            return true
        }
    }

    /// Returns when nothing is under way any more.
    package func fertig() async {
        while let task = stand.withLock({ $0.arbeiten.values.first }) { await task.value }
    }
}
