import Kernel
import Storage
import TestKit
import Testing

@testable import Verzeichnis

/// The offices of an authority: whatever is done to them, none is lost and none hangs below itself.
@Suite(.timeLimit(.minutes(15))) struct EinheitBaumTests {
    private typealias ID = Organisationseinheit.ID

    private static let urheber = Urheber.betrieb(Welt.jetzt)

    private func baum(_ database: any Database, _ organisation: Organisation.ID) async throws -> Einheitenbaum {
        try await database.read { db in try EinheitStore.baum(organisation, in: db) }
    }

    private func duelmen(_ database: any Database) async throws -> Organisation.ID {
        try await database.read { db in try OrganisationStore.named(Rollenspiel.duelmen, in: db).id }
    }

    private func alle(_ database: any Database) async throws -> [ID] {
        try await database.read { db in
            try db.rows("SELECT id FROM organisationseinheit ORDER BY id").map { try $0["id"] }
        }
    }

    @discardableResult
    private func tue(
        _ database: any Database, _ organisation: Organisation.ID,
        _ step: @escaping @Sendable (EinheitAenderung) throws -> ID?
    ) async throws -> ID? {
        do {
            return try await database.write { db in
                try step(EinheitAenderung(organisation, durch: Self.urheber, in: db))
            }
        } catch is FormErrors {
            // Refused with a sentence: nothing may have happened.
            return nil
        } catch is Refusal { return nil }
    }

    @Test(arguments: TestBackend.available, [21, 22, 23] as [UInt64])
    func `random moves, mergers and closings never lose an office nor close a circle`(
        on backend: TestBackend, seed: UInt64
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let organisation = try await duelmen(database)
        var generator = Zufall(seed)
        var contacts: [String: ID] = [:]
        for step in 1...90 {
            let wo: Comment = "seed \(seed), step \(step)"
            let before = try await alle(database)
            let one = before.randomElement(using: &generator)
            let other = before.randomElement(using: &generator)
            let choice = Int.random(in: 0..<12, using: &generator)
            let name = "Amt \(step)"
            switch (choice, one) {
            case (0...3, _), (_, nil):
                let above = Bool.random(using: &generator) ? one : nil
                let made = try await tue(database, organisation) { change in
                    var inhalt = EinheitInhalt()
                    (inhalt.name, inhalt.ueber) = (name, above)
                    return try change.anlegen(inhalt)
                }
                if let made {
                    let contact = try await database.write { db in
                        try AngabeStore.insert(
                            [
                                "funktion": name, "einheit": made.rawValue, "zweck": "z", "rechtsgrundlage": "ohne",
                                "gilt_bis": "2027-01-01",
                            ], .ansprechpartner, organisation: organisation, durch: Self.urheber, in: db)
                    }
                    contacts[contact] = made
                }
            case (4...6, let one?):
                try await tue(database, organisation) { change in
                    let old = try #require(change.baum[one])
                    var inhalt = EinheitInhalt(old)
                    inhalt.ueber = other
                    try change.aendern(old, zu: inhalt)
                    return nil
                }
            case (7...8, let one?):
                try await tue(database, organisation) { change in
                    try change.zusammenlegen(#require(change.baum[one]), in: other ?? one)
                    return nil
                }
            case (9, let one?):
                let tag = Self.urheber.am.tag.plus(tage: Int.random(in: -1...3, using: &generator))
                try await tue(database, organisation) { change in
                    try change.schliessen(#require(change.baum[one]), am: tag)
                    return nil
                }
            case (10, let one?):
                try await tue(database, organisation) { change in
                    try change.schliessen(#require(change.baum[one]), am: nil)
                    return nil
                }
            case (_, let one?):
                try await tue(database, organisation) { change in
                    try change.ordnen(#require(change.baum[one]), nachVorn: step % 2 == 0)
                    return nil
                }
            }
            let after = try await alle(database)
            #expect(Set(after).isSuperset(of: before), wo)
            let tree = try await baum(database, organisation)
            try pruefe(tree, after, wo)
            for (contact, office) in contacts {
                let now: String? = try await database.read { db in
                    try db.value("SELECT einheit FROM ansprechpartner WHERE id = \(contact)")
                }
                #expect(now == tree.ziel(office)?.id.rawValue, "\(wo): a contact stayed behind")
            }
        }
        #expect(contacts.count > 10, "seed \(seed) made too little")
    }

    private func pruefe(_ tree: Einheitenbaum, _ all: [ID], _ wo: Comment) throws {
        #expect(tree.anzahl == all.count, wo)
        // From the top everything is reached, and once.
        var seen: [ID] = []
        var todo = tree.kinder(nil).map(\.id)
        while let next = todo.popLast(), seen.count <= all.count {
            seen.append(next)
            todo += tree.kinder(next).map(\.id)
        }
        #expect(seen.count == all.count && Set(seen) == Set(all), "\(wo): something hangs below itself")
        for days in 0...4 {
            let tag = Self.urheber.am.tag.plus(tage: days)
            let open = tree.reihe(am: tag)
            #expect(
                Set(open.map(\.einheit.id)).count == all.count - tree.geschlossene(am: tag).count,
                "\(wo), in \(days) days: an open one is hidden")
            #expect(open.allSatisfy { $0.tiefe < Einheitenbaum.hoechsteTiefe }, wo)
        }
        for id in all {
            let einheit = try #require(tree[id], wo)
            guard let end = einheit.aufgegangenIn else { continue }
            #expect(!einheit.istOffen && end != id, wo)
            #expect(tree.kinder(id).isEmpty, "\(wo): something hangs on a merged office")
            #expect(tree.ziel(id)?.aufgegangenIn == nil, wo)
        }
    }

    @Test(arguments: TestBackend.available)
    func `two moves at once cannot close a circle together`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let organisation = try await duelmen(database)
        var ids: [ID] = []
        for name in ["A", "B"] {
            let id = try await tue(database, organisation) { change in
                var inhalt = EinheitInhalt()
                inhalt.name = name
                return try change.anlegen(inhalt)
            }
            ids.append(try #require(id))
        }
        let (a, b) = (ids[0], ids[1])
        await withTaskGroup(of: Void.self) { group in
            for (one, other) in [(a, b), (b, a), (a, b), (b, a)] {
                group.addTask {
                    // Some of them are refused, which is right.
                    _ = try? await tue(database, organisation) { change in
                        guard let old = change.baum[one] else { return nil }
                        var inhalt = EinheitInhalt(old)
                        inhalt.ueber = other
                        try change.aendern(old, zu: inhalt)
                        return nil
                    }
                }
            }
        }
        try pruefe(try await baum(database, organisation), ids, "two at once")
    }
}
