import Kernel
import Storage

/// Ends a search that takes too long, so that no question can keep the database busy for others.
package enum Suchfrist {
    /// For every question of a person.
    package static let dauer = Duration.seconds(2)

    /// Runs one read; after the time limit the statement under way is ended.
    ///
    /// - Throws: `Refusal.unavailable` with a sentence when the time was up.
    static func lies<T: Sendable>(
        _ database: any Database, frist: Duration = dauer, _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask { try await database.read(body) }
            group.addTask {
                try await Task.sleep(for: frist)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let found = first else {
                throw Refusal(
                    .unavailable,
                    "Die Suche wurde nach \(frist.components.seconds) Sekunden abgebrochen, weil zu viel zu vergleichen war. Nennen Sie ein selteneres Wort oder schränken Sie die Auswahl ein."
                )
            }
            return found
        }
    }
}
