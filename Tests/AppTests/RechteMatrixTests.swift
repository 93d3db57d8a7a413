import App
import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

/// Who reaches which route: every route of the router has a row.
@Suite struct RechteMatrixTests {
    @Test func `every route of the router has a row, and every row a route`() async throws {
        let site = try TestSite(try await Welt.leer(.sqliteMemory))
        let routes = Set(site.leitstand.router().routes.map { "\($0.method.rawValue) \($0.path)" })
        #expect(routes.subtracting(Rechtematrix.zeilen.keys) == [])
        #expect(Set(Rechtematrix.zeilen.keys).subtracting(routes) == [])
        for (route, zutritt) in Rechtematrix.zeilen {
            let name: String
            switch zutritt {
            case .recht(let word), .token(let word): name = word
            default: continue
            }
            #expect(Rechtetabelle.zeilen[name] != nil, "\(route): \(name) steht nicht in der Tabelle der Rechte")
        }
    }

    /// The rights of the program by their names in the table.
    private static func rechte(_ organisation: String) -> [(String, Recht)] {
        [
            ("dienst anlegen", .dienstAnlegen), ("dienst ändern", .dienstAendern(anbieter: organisation)),
            ("umsetzung lesen", .umsetzungIntern(organisation: organisation)),
            ("umsetzung ändern", .umsetzungAendern(organisation: organisation)),
            ("organisation lesen", .organisationIntern(organisation: organisation)),
            ("organisation ändern", .organisationAendern(organisation: organisation)),
            ("organisation anlegen", .organisationAnlegen),
            ("konten verwalten", .kontenVerwalten(organisation: organisation)),
            ("leserecht vergeben", .rolleVergeben(.leserecht, organisation: organisation)),
            ("leitung vergeben", .rolleVergeben(.leitung, organisation: organisation)),
            ("überall vergeben", .rolleVergeben(.projektbuero, organisation: nil)),
            ("delegieren", .delegieren(organisation: organisation)),
            ("webhooks verwalten", .webhooksVerwalten(organisation: organisation)),
            ("verlauf lesen", .verlaufLesen(organisation: organisation)),
            ("verlauf ganz lesen", .verlaufGanzLesen), ("betrieb", .betrieb),
        ]
    }

    @Test(arguments: TestBackend.available)
    func `the program gives every member of the cast the rights of the table and no other`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let site = try TestSite(database)
        let besetzung = try await Besetzung.stelleAuf(in: database)
        let orte = [Rechtetabelle.Datensatz.duelmen: besetzung.duelmen, .kreis: besetzung.kreis, .hamm: besetzung.hamm]
        // Whoever reads the whole Verlauf reads that of one Organisation: two rights, one line for the routes.
        let zusammengesetzt: Set = ["verlauf dort lesen"]
        #expect(Set(Self.rechte("").map(\.0)) == Set(Rechtetabelle.zeilen.keys).subtracting(zusammengesetzt))
        try await site.run { anyone in
            for wer in Mitspieler.alle where wer.stellung != .besuch {
                let person = try #require(try await anyone.als(wer, besetzung).person())
                for (datensatz, organisation) in orte {
                    for (name, recht) in Self.rechte(organisation) {
                        #expect(
                            Rechte.darf(person, recht) == Rechtetabelle.darf(wer, name, datensatz),
                            "\(wer), \(datensatz): \(name)")
                    }
                }
            }
        }
    }

    /// A record of each authority: its list, a row of it, a service it provides.
    private struct Beispiel: Sendable { let ars: String, eintrag: String, dienst: String }

    private static func beispiele(_ database: any Database) async throws -> [Rechtetabelle.Datensatz: Beispiel] {
        try await database.read { db in
            var found: [Rechtetabelle.Datensatz: Beispiel] = [:]
            let keys = [Rechtetabelle.Datensatz.duelmen: Rollenspiel.duelmen, .kreis: "05558", .hamm: Rollenspiel.hamm]
            for (datensatz, ars) in keys {
                let id: String? = try db.value("SELECT id FROM organisation_sicht WHERE ars = \(ars)")
                let eintrag: String? = try db.value(
                    "SELECT id FROM umsetzungseintrag WHERE organisation = \(id) ORDER BY nummer LIMIT 1")
                let dienst: String? = try db.value(
                    "SELECT slug FROM onlinedienst WHERE anbieter = \(id) ORDER BY slug LIMIT 1")
                found[datensatz] = Beispiel(
                    ars: ars, eintrag: try #require(eintrag), dienst: try #require(dienst))
            }
            return found
        }
    }

    /// The address of a route on a record.
    private static func adresse(_ route: String, _ beispiel: Beispiel) -> String {
        route.replacing(#/\{([a-zA-Z]+(?:\}/\*\*)?)\}?/#) { match in
            switch match.1 {
            case "organisation": beispiel.ars
            case "eintrag": beispiel.eintrag
            case "slug" where route.contains("/dienste"): beispiel.dienst
            default: Rechtematrix.wert(String(match.1), route)
            }
        }
    }

    private static func darf(
        _ wer: Mitspieler, _ zutritt: Rechtematrix.Zutritt, _ datensatz: Rechtetabelle.Datensatz
    ) -> Bool {
        switch zutritt {
        case .alle, .anmeldeformular: true
        case .angemeldete: wer.stellung != .besuch
        case .ueberwachung, .token: false
        case .recht(let name): Rechtetabelle.darf(wer, name, datensatz)
        }
    }

    /// Records that a route is asked on: public ones by few, because everybody gets in.
    private static func datensaetze(_ route: String, _ zutritt: Rechtematrix.Zutritt) -> [Rechtetabelle.Datensatz] {
        guard case .recht = zutritt, route.contains("{organisation}") || route.contains("/dienste/{") else {
            return [.duelmen]
        }
        return Rechtetabelle.Datensatz.allCases
    }

    private static func sende(_ key: String, _ path: String, _ client: SiteClient) async throws -> SiteClient.Antwort {
        if key.hasPrefix("GET ") { return try await client.get(path) }
        guard key.contains(" /api/"), let method = HTTPRequest.Method(String(key.prefix { $0 != " " })) else {
            return try await client.post(path)
        }
        return try await client.send(method, path, headers: [.contentType: "application/json"], body: Array("{}".utf8))
    }

    /// The same routes by program: with a token of every member of the cast.
    @Test func `a token opens what its person may open, and a token to read changes nothing`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let besetzung = try await Besetzung.stelleAuf(in: database)
        let beispiele = try await Self.beispiele(database)
        try await TestSite(database, anfragemass: Anfragemass(jeToken: 0)).run { anyone in
            for wer in Mitspieler.alle where wer.stellung != .besuch {
                let client = try await anyone.als(wer, besetzung)
                let (writing, reading) = (try await client.programm(), try await client.programm(.lesen))
                for (key, zutritt) in Rechtematrix.zeilen.sorted(by: { $0.key < $1.key }) {
                    guard case .token(let name) = zutritt else { continue }
                    let parts = key.split(separator: " ").map(String.init)
                    let method = try #require(HTTPRequest.Method(parts[0]))
                    for datensatz in Rechtetabelle.Datensatz.allCases {
                        let beispiel = try #require(beispiele[datensatz])
                        let path = Self.adresse(parts[1].replacing("{ars}", with: beispiel.ars), beispiel)
                        let body = method == .get || method == .delete ? nil : "{}"
                        let answer = try await writing.frage(method, path, body)
                        #expect(answer.status.code < 500, "\(wer), \(datensatz): \(key)")
                        #expect(
                            (answer.status == .forbidden) == !Rechtetabelle.darf(wer, name, datensatz),
                            "\(wer), \(datensatz): \(key) antwortet \(answer.status)")
                        if method == .get { continue }
                        let refused = try await reading.frage(method, path, body)
                        #expect(refused.status == .forbidden, "\(wer), \(datensatz): \(key)")
                        #expect(refused.text.contains("darf nur lesen"), "\(wer): \(key)")
                    }
                }
            }
        }
    }

    @Test func `who has the right comes in, and nobody else`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let besetzung = try await Besetzung.stelleAuf(in: database)
        let beispiele = try await Self.beispiele(database)
        // Reading first: what a change does must not be in the way of another.
        let zeilen = Rechtematrix.zeilen.sorted { $0.key < $1.key }
        try await TestSite(database).run { anyone in
            for wer in Mitspieler.alle {
                let client = try await anyone.als(wer, besetzung)
                for (key, zutritt) in zeilen where zutritt != .anmeldeformular {
                    // Whoever has an account reads what anybody reads: one of each kind shows it.
                    if zutritt == .alle, wer.rolle != nil, wer.rolle != .leserecht, wer.rolle != .administration {
                        continue
                    }
                    for datensatz in Self.datensaetze(key, zutritt) {
                        let beispiel = try #require(beispiele[datensatz])
                        let path = Self.adresse(String(key.split(separator: " ")[1]), beispiel)
                        let own = Rechtematrix.beendende.contains(key) ? try await anyone.als(wer, besetzung) : client
                        let antwort = try await Self.sende(key, path, own)
                        #expect(antwort.status.code < 500, "\(wer), \(datensatz): \(key)")
                        let refused =
                            antwort.status == .unauthorized || antwort.status == .forbidden
                            || (antwort.headers[.location]?.hasPrefix("/anmelden") ?? false)
                        #expect(
                            refused == !Self.darf(wer, zutritt, datensatz),
                            "\(wer), \(datensatz): \(key) antwortet \(antwort.status)")
                    }
                }
            }
        }
    }
}
