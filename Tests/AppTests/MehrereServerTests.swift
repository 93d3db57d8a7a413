import App
import Kernel
import Konten
import Storage
import Suche
import TestKit
import Testing

/// Several servers share one database, and none of them thinks it is alone.
@Suite(.timeLimit(.minutes(10))) struct MehrereServerTests {
    /// In memory there is nothing to share.
    static let gemeinsam = TestBackend.available.filter { $0 != .sqliteMemory }

    private func zwei(_ backend: TestBackend) async throws -> (any Database, any Database) {
        let database = try await Welt.beispiel(backend)
        return (database, try #require(try await Datenbankort(database)).oeffne())
    }

    @Test(arguments: gemeinsam)
    func `who signs in at one server is known to the other, and who signs out there is gone from both`(
        backend: TestBackend
    ) async throws {
        let (one, other) = try await zwei(backend)
        let (hier, dort) = (try TestSite(one), try TestSite(other))
        try await hier.run { a in
            try await dort.run { b in
                let person = try await a.als(.administration)
                let same = b.mitSitzung(of: person)
                #expect(try await same.get("/umsetzung").text.contains("Abmelden"))
                #expect(try await same.post("/abmelden").status == .seeOther)
                #expect(!(try await person.get("/umsetzung").text.contains("Abmelden")))
            }
        }
        await other.close()
    }

    @Test(arguments: gemeinsam)
    func `what one server changed the other one shows at once`(backend: TestBackend) async throws {
        let (one, other) = try await zwei(backend)
        let (hier, dort) = (try TestSite(one), try TestSite(other))
        try await hier.run { a in
            try await dort.run { b in
                for runde in 0..<5 {
                    _ = try await b.get("/leistungen")
                    try await one.write { db in
                        _ = try db.execute(
                            "UPDATE leistung SET name = \("Neuer Name \(runde)") WHERE id = (SELECT MIN(id) FROM leistung)"
                        )
                    }
                    let id: String? = try await one.read { db in try db.value("SELECT MIN(id) FROM leistung") }
                    for client in [a, b] {
                        let page = try await client.get("/leistungen/\(id ?? "")")
                        #expect(page.text.contains("Neuer Name \(runde)"), "\(page.status)")
                    }
                }
            }
        }
        await other.close()
    }

    @Test(arguments: gemeinsam)
    func `servers that start together make one first account, and one of them shows its password`(
        backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let ort = try #require(try await Datenbankort(database))
        let made = try await withThrowingTaskGroup(of: Erstkonto?.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let own = try ort.oeffne()
                    try await own.migrate(Schema.migrations, release: Schema.release)
                    let konto = try await Erstkonto.anlegen(
                        try Anmeldung(aufwand: .gering), am: Welt.jetzt, in: own)
                    await own.close()
                    return konto
                }
            }
            return try await group.reduce(into: [Erstkonto]()) { if let konto = $1 { $0.append(konto) } }
        }
        #expect(made.count == 1)
        let count: Int? = try await database.read { db in try db.value("SELECT count(*) FROM person") }
        #expect(count == 1)
    }

    @Test(arguments: gemeinsam)
    func `two servers that follow the same load come to rest`(backend: TestBackend) async throws {
        let (one, other) = try await zwei(backend)
        try await one.write { db in _ = try db.execute("UPDATE suche_stand SET quelle = ''") }
        async let first = Suchindex.standard.nachfuehren(one)
        async let second = Suchindex.standard.nachfuehren(other)
        _ = try await (first, second)
        #expect(try await Suchindex.standard.nachfuehren(one) == nil)
        #expect(try await Suchindex.standard.nachfuehren(other) == nil)
        await other.close()
    }
}
