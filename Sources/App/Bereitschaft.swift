import Kernel
package import Storage
import Synchronization

/// Whether this server can do its work now: the database answers in time and has the schema of this program.
package final class Bereitschaft: Sendable {
    package enum Antwort: Sendable, Equatable {
        case bereit, endet, schemaFremd, schweigt

        var text: String {
            switch self {
            case .bereit: "bereit\n"
            case .endet: "der Server wird beendet\n"
            case .schemaFremd: "die Datenbank hat nicht das Schema dieses Programms\n"
            case .schweigt: "die Datenbank antwortet nicht\n"
            }
        }
    }

    private struct Zustand {
        var endet = false
        /// The question under way, and whether it took too long already.
        var laeuft = false
        var zuSpaet = false
        var nummer = 0
        var wartende: [CheckedContinuation<Antwort, Never>] = []
    }

    private let database: any Database
    private let frist: Duration
    private let zustand = Mutex(Zustand())

    /// `frist` is how long the database may take.
    package init(_ database: any Database, frist: Duration = .seconds(2)) {
        (self.database, self.frist) = (database, frist)
    }

    /// The server takes its leave.
    package func beende() { zustand.withLock { $0.endet = true } }

    /// Asks the database. Those who ask at the same time share one question, and nobody waits longer than the time
    /// allowed, even when the question never ends.
    package func frage() async -> Antwort {
        await withCheckedContinuation { continuation in
            let (now, question) = zustand.withLock { zustand -> (Antwort?, Int?) in
                if zustand.endet { return (.endet, nil) }
                if zustand.zuSpaet { return (.schweigt, nil) }
                zustand.wartende.append(continuation)
                if zustand.laeuft { return (nil, nil) }
                zustand.laeuft = true
                zustand.nummer += 1
                return (nil, zustand.nummer)
            }
            if let now { continuation.resume(returning: now) }
            if let question { stelle(question) }
        }
    }

    /// Two tasks without a parent: a group would wait for a question that never ends.
    private func stelle(_ nummer: Int) {
        let question = Task {
            let answer = await pruefe()
            antworte(answer) { zustand in
                zustand.laeuft = false
                zustand.zuSpaet = false
            }
        }
        Task {
            // Nobody cuts it short.
            try? await Task.sleep(for: frist)
            let isLate = zustand.withLock { $0.laeuft && $0.nummer == nummer }
            guard isLate else { return }
            antworte(.schweigt) { $0.zuSpaet = $0.laeuft && $0.nummer == nummer }
            question.cancel()
        }
    }

    private func pruefe() async -> Antwort {
        do {
            // A newer schema grew while this program ran, and grows only so that it can go on.
            if case .behind = try await database.schemaState(Schema.migrations) { return .schemaFremd }
            return .bereit
        } catch {
            // Whatever it says: a database that cannot be read is not ready.
            return .schweigt
        }
    }

    private func antworte(_ answer: Antwort, _ change: (inout Zustand) -> Void) {
        let waiting = zustand.withLock { zustand in
            change(&zustand)
            defer { zustand.wartende = [] }
            return zustand.wartende
        }
        for continuation in waiting { continuation.resume(returning: answer) }
    }
}
