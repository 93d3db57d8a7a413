import App
import Formats
import HTTPTypes
import Kernel
import Post
import Storage
import TestKit
import Testing
import Verzeichnis
import Web

@testable import Konten

@Suite struct PersonenTests {
    private static let pfad = "/organisationen/\(Rollenspiel.duelmen)/personen"

    private static func id(_ email: String, _ database: any Database) async throws -> Person.ID {
        try #require(try await database.read { db in try PersonStore.finde(email: email, in: db) }).id
    }

    @Test(arguments: TestBackend.available)
    func `nobody gives a role that the rights do not let her give`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let (duelmen, hamm) = try await database.read { db in
            (
                try OrganisationStore.named(Rollenspiel.duelmen, in: db).id.rawValue,
                try OrganisationStore.named(Rollenspiel.hamm, in: db).id.rawValue
            )
        }
        let kennwort = try Kennwort.neu("geheim", .gering)
        for rolle in Rolle.allCases {
            let ort = rolle.giltUeberall ? nil : duelmen
            for gegeben in Rolle.allCases {
                for wo in [duelmen, hamm, nil] {
                    let given = try await database.write { db -> (Bool, Bool)? in
                        let who = try KontoStore.insert(
                            email: "\(Kennung.neu())@stadt.example", kennwort: kennwort,
                            aemter: [.init(rolle, an: ort)],
                            durch: .betrieb(Welt.jetzt), in: db)
                        let whom = try KontoStore.insert(
                            email: "\(Kennung.neu())@stadt.example", kennwort: kennwort, aemter: [],
                            durch: .betrieb(Welt.jetzt), in: db)
                        let wer = Handelnder(
                            urheber: Urheber(person: who, am: Welt.jetzt),
                            person: try KontoStore.person(who, zweiterFaktor: true, am: Welt.jetzt, in: db)?.person)
                        let may = wer.darf(.rolleVergeben(gegeben, organisation: wo))
                        do {
                            try Personenverwaltung.gib(.init(Person.Amt(gegeben, an: wo)), an: whom, durch: wer, in: db)
                        } catch let refusal as Refusal {
                            return refusal.kind == .unprocessable ? nil : (may, false)
                        }
                        return (may, true)
                    }
                    if let given { #expect(given.0 == given.1, "\(rolle) gibt \(gegeben) bei \(wo ?? "überall")") }
                }
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `an address with an account gets the role and keeps its account`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        let site = try TestSite(database, post: post)
        try await site.run { client in
            let koordination = try await client.als(.koordination)
            _ = try await client.als(.nachbarschaft)
            let before = try await database.read { db in try db.value("SELECT count(*) FROM person") ?? 0 }
            let fields = [("email", "Nachbarschaft@Leitstand.localhost"), ("rolle", "redaktion"), ("vertretung", "ja")]
            #expect(try await koordination.post(Self.pfad, fields).status == .seeOther)
            #expect(try await koordination.post(Self.pfad, fields).status == .seeOther)
            try await site.arbeite()
            #expect(try await database.read { db in try db.value("SELECT count(*) FROM person") ?? 0 } == before)
            #expect(post.briefe.map(\.betreff) == ["Neue Rolle in Leitstand"], "the second time changed nothing")
            let page = try await koordination.get(Self.pfad).text
            #expect(page.contains("Redaktion") && page.contains("Vertretung") && page.contains("vergeben von"))
            // She works in Hamm too, so nobody in Dülmen keeps her out.
            let id = try await Self.id("nachbarschaft@leitstand.localhost", database)
            let refused = try await koordination.post("\(Self.pfad)/\(id.rawValue)/sperre", [("gesperrt", "ja")])
            #expect(refused.status == .forbidden)
            #expect(
                try await koordination.post("\(Self.pfad)/\(id.rawValue)/rollen/entzug", [("rolle", "redaktion")])
                    .status
                    == .seeOther)
            #expect(try await koordination.get("\(Self.pfad)/\(id.rawValue)").status == .notFound)
        }
    }

    @Test(arguments: TestBackend.available)
    func `nobody takes away the last Administration, in any way`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            let administration = try await client.als(.administration)
            let id = try await Self.id("administration@leitstand.localhost", database)
            let pfad = "/betrieb/personen/\(id.rawValue)"
            let refused = try await administration.post("\(pfad)/rollen/entzug", [("rolle", "administration")])
            #expect(refused.status == .conflict && refused.text.contains("letzte Administration"))
            for sperren in [true, false] {
                await #expect(throws: Refusal.self) {
                    try await database.write { db in
                        let wer = Handelnder.betrieb(Welt.jetzt)
                        if sperren {
                            try Personenverwaltung.sperre(id, true, organisation: nil, durch: wer, in: db)
                        } else {
                            try Personenverwaltung.nimm(
                                .administration, organisation: nil, von: id, durch: wer, in: db)
                        }
                    }
                }
            }
            #expect(try await administration.get(pfad).status == .ok)
        }
    }

    @Test(arguments: TestBackend.available)
    func `who is disabled is signed out at once and can be let in again`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database).run { client in
            let koordination = try await client.als(.koordination)
            let leserecht = try await client.als(.leserecht)
            let id = try await Self.id("leserecht@leitstand.localhost", database)
            #expect(try await leserecht.get(Self.pfad).status == .ok)
            #expect(
                try await koordination.post("\(Self.pfad)/\(id.rawValue)/sperre", [("gesperrt", "ja")]).status
                    == .seeOther)
            #expect(try await leserecht.get(Self.pfad).status == .seeOther)
            #expect(try await koordination.get(Self.pfad).text.contains("gesperrt"))
            #expect(
                try await koordination.post("\(Self.pfad)/\(id.rawValue)/sperre", [("gesperrt", "nein")]).status
                    == .seeOther)
            let own = try await Self.id("koordination@leitstand.localhost", database)
            #expect(try await koordination.post("\(Self.pfad)/\(own.rawValue)/sperre").status == .forbidden)
            let arten = try await database.read { db in
                try db.rows("SELECT art, person, nach FROM verlauf WHERE art LIKE 'konto_%' ORDER BY id").map { row in
                    (art: try row["art"] as String, nach: try row["nach"] as String?)
                }
            }
            #expect(arten.suffix(2).map(\.art) == ["konto_gesperrt", "konto_freigegeben"])
            #expect(arten.allSatisfy { $0.nach?.contains("@") != true })
        }
    }

    @Test(arguments: TestBackend.available)
    func `a sheet invites many at once, twice the same changes nothing, and each fault has its place`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let behoerde = try await database.read { db in try Behoerden().behoerde(Rollenspiel.duelmen, in: db) }
        let kennwort = try Kennwort.neu("geheim", .gering)
        func lade(_ text: String, probe: Bool = false) async throws -> Einladungsimport.Ergebnis {
            try await Einladungsimport.run(
                TextSource(bytes: Array(text.utf8), name: "liste.csv"), bei: behoerde, als: nil, kennwort: kennwort,
                Importauftrag(probe: probe, urheber: .betrieb(Welt.jetzt)), in: database)
        }
        let gut =
            "E-Mail;Name;Amt;Rolle;Vertretung\na@stadt.example;A;Bürgerbüro;Redaktion;\na@stadt.example;A;;leserecht;ja\nb@stadt.example;;;OZG-Ansprechperson;nein\n"
        #expect(try await lade(gut, probe: true).bericht.neu == 3)
        #expect(try await database.read { db in try PersonStore.finde(email: "a@stadt.example", in: db) } == nil)
        let first = try await lade(gut)
        #expect(first.bericht.geschrieben && first.bericht.neu == 3 && first.einladungen.count == 2)
        let again = try await lade(gut)
        #expect(!again.bericht.aendertEtwas && again.bericht.unveraendert == 3 && again.einladungen.isEmpty)
        let person = try #require(
            try await database.read { db in
                try PersonStore.finde(
                    try PersonStore.finde(email: "a@stadt.example", in: db)?.id ?? .init(rawValue: ""), in: db)
            })
        #expect(
            person.aemter.map(\.stelle) == ["Bürgerbüro", nil] && person.aemter.map(\.vertretung) == [false, true])
        for (zeile, feld) in [
            ("x;;;Redaktion;", "E-Mail"), ("c@stadt.example\u{7};;;Redaktion;", "E-Mail"),
            ("c@stadt.example;;;Chef;", "Rolle"),
            ("c@stadt.example;;;Administration;", "Rolle"), ("c@stadt.example;;;Redaktion;vielleicht", "Vertretung"),
            ("c@stadt.example;A\u{7f}B;;Redaktion;", "Name"), ("c@stadt.example;;A\u{2028}B;Redaktion;", "Amt"),
        ] {
            let bericht = try await lade("E-Mail;Name;Amt;Rolle;Vertretung\nd@stadt.example;;;Redaktion;\n\(zeile)\n")
                .bericht
            #expect(!bericht.geschrieben && bericht.fehler.map(\.zeile) == [3], "\(zeile): \(bericht.zeilen)")
            #expect(bericht.fehler.first?.feld == feld && bericht.fehler.first?.spalte != nil, "\(zeile)")
        }
        #expect(try await database.read { db in try PersonStore.finde(email: "d@stadt.example", in: db) } == nil)
    }
}
