import Storage
import TestKit

@testable import Suche

/// A database with its index, and a search over it.
struct Suchwelt: Sendable {
    let database: any Database
    /// The search remembers words of one database, so each world has its own.
    let suche: Suche

    init(_ database: any Database, alltag: Alltagswoerter? = nil) throws {
        self.database = database
        suche = Suche(alltag: try alltag ?? Welt.alltagswoerter.get())
    }

    func frage(_ wunsch: Suchwunsch) async throws -> Suchergebnis {
        let suche = suche
        return try await database.read { db in try suche.suche(wunsch, in: db) }
    }

    func frage(_ text: String, _ arten: [Suchdokument.Art] = Suchdokument.Art.allCases) async throws -> Suchergebnis {
        var wunsch = Suchwunsch(text)
        wunsch.arten = arten
        return try await frage(wunsch)
    }

    /// All answers of one kind that are put into order, page after page.
    func alle(_ art: Suchdokument.Art, _ wunsch: Suchwunsch) async throws -> [Suchtreffer] {
        var (wunsch, found) = (wunsch, [Suchtreffer]())
        (wunsch.arten, wunsch.anzahl) = ([art], 50)
        for seite in 1...Suchgruppe.hoechstens / 50 {
            wunsch.seite = seite
            let page = try await frage(wunsch).gruppe(art).treffer
            found += page
            if page.count < 50 { break }
        }
        return found
    }

    /// What the index knows of its words.
    func inhalt() async throws -> Suchgedaechtnis.Inhalt {
        try await database.read { db in try Suchgedaechtnis().inhalt(in: db) }
    }
}

extension Suchergebnis {
    func gruppe(_ art: Suchdokument.Art) -> Suchgruppe {
        switch art {
        case .leistung: leistungen
        case .ozg: ozg
        case .gebiet: gebiete
        }
    }
}

/// Worlds that many tests read and none changes, made once a run.
actor Lesewelt {
    static let echt = Lesewelt { try await Welt.echt($0) }
    static let beispiel = Lesewelt { try await Welt.beispiel($0) }

    private let database: @Sendable (TestBackend) async throws -> any Database
    private var worlds: [TestBackend: Task<Suchwelt, any Error>] = [:]

    private init(_ database: @escaping @Sendable (TestBackend) async throws -> any Database) {
        self.database = database
    }

    func welt(_ backend: TestBackend) async throws -> Suchwelt {
        let task = worlds[backend] ?? Task { [database] in try Suchwelt(await database(backend)) }
        worlds[backend] = task
        return try await task.value
    }
}
