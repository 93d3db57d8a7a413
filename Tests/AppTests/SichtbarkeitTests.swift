import App
import HTTPTypes
import Kernel
import Konten
import Storage
import TestKit
import Testing
import Verzeichnis
import Web

/// Nobody is shown a row or a column that the rule does not allow: random worlds, random persons, every list.
@Suite(.timeLimit(.minutes(10))) struct SichtbarkeitTests {
    /// Addresses of every route that can be read with nothing but an authority, on each of them, with ways to ask.
    private static func adressen(_ site: TestSite, _ eintraege: [String]) -> [String] {
        var found: [String] = []
        for route in site.leitstand.router().routes where route.method == .get {
            let names = route.path.matches(of: #/\{([a-zA-Z]+)/#).map { String($0.1) }
            guard Set(names).isSubset(of: ["organisation", "eintrag", "ars"]), !route.path.contains("**") else {
                continue
            }
            if names.isEmpty {
                found.append(route.path)
                continue
            }
            for (place, ars) in Zufallswelt.ars.enumerated() {
                let path = route.path.replacing("{organisation}", with: ars).replacing("{ars}", with: ars)
                    .replacing("{eintrag}", with: eintraege[place])
                found.append(path)
                guard route.path == "/umsetzung/{organisation}" || route.path.contains("liste.") else { continue }
                let marke = Zufallswelt.marke(place)
                found += ["?sort=frist", "?amt=\(marke)", "?q=\(marke)", "?amt=\(marke)&sort=frist&stand=wartet"].map {
                    path + $0
                }
            }
        }
        return found.sorted()
    }

    private static func ersteEintraege(_ welt: Zufallswelt, _ database: any Database) async throws -> [String] {
        try await database.read { db in
            try welt.organisationen.map { organisation in
                let id: String? = try db.value(
                    "SELECT id FROM umsetzungseintrag WHERE organisation = \(organisation) ORDER BY nummer LIMIT 1")
                return try #require(id)
            }
        }
    }

    /// The rows of a list as the page shows them, by their ids in its order.
    private static func zeilen(_ text: String) -> [String] {
        text.matches(of: #/id="e-([^"]+)"/#).map { String($0.1) }
    }

    @Test(arguments: TestBackend.available.filter { $0 != .sqliteFile })
    func `no answer shows anybody an inner column or a person that the rule keeps from them`(
        on backend: TestBackend
    ) async throws {
        let saat = UInt64.random(in: .min ... .max)
        for number in 0..<(2 as UInt64) { try await pruefe(saat &+ number, on: backend) }
    }

    @Test(arguments: [11, 12] as [UInt64]) func `worlds of before hold`(saat: UInt64) async throws {
        try await pruefe(saat, on: .sqliteMemory)
    }

    private func pruefe(_ saat: UInt64, on backend: TestBackend) async throws {
        var zufall = Zufall(saat)
        let database = try await Welt.beispiel(backend)
        let welt = try await Zufallswelt.erschaffe(&zufall, in: database)
        let site = try TestSite(database)
        let adressen = Self.adressen(site, try await Self.ersteEintraege(welt, database))
        #expect(adressen.count > 60)
        try await site.run { anyone in
            var wer: [(nummer: Int?, client: SiteClient)] = [(nummer: nil, client: try await anyone.als(.besuch))]
            for person in welt.aemter.indices {
                let held = welt.aemter[person].map {
                    Person.Amt($0.rolle, an: $0.organisation.isEmpty ? nil : $0.organisation)
                }
                wer.append(
                    (nummer: person, client: try await anyone.als(email: Zufallswelt.email(person)) { _ in held }))
            }
            for (nummer, client) in wer {
                let mine = nummer.map(welt.dort) ?? []
                var gesehen: Set<Int> = []
                for adresse in adressen {
                    let answer = try await client.get(adresse)
                    #expect(answer.status.code < 500, "\(adresse)")
                    // What was asked for comes back in the field that asks.
                    let asked = adresse.split(separator: "?").dropFirst().joined()
                    let text = answer.text + answer.headers.map { $0.value }.joined(separator: "\n")
                    for place in welt.organisationen.indices {
                        let marke = Zufallswelt.marke(place)
                        let shown = text.contains(marke) && !asked.contains(marke)
                        let fristen = text.contains("\(Zufallswelt.frist(place)?.deutsch ?? "?")")
                        if shown || fristen { gesehen.insert(place) }
                        #expect(
                            mine.contains(place) || !shown && !fristen,
                            "Saat \(saat): Person \(nummer ?? -1) sieht auf \(adresse) Inneres von \(place)")
                    }
                    for other in welt.aemter.indices where !welt.darfNennen(nummer, other) {
                        #expect(
                            !text.contains(Zufallswelt.email(other)),
                            "Saat \(saat): Person \(nummer ?? -1) sieht auf \(adresse) Person \(other)")
                    }
                }
                #expect(
                    gesehen == mine, "Saat \(saat): Person \(nummer ?? -1) sieht Inneres von \(gesehen), nicht \(mine)")
                try await vergleiche(client, nummer, mine, welt, saat)
            }
        }
    }

    /// Lists have exactly the rows of the reference, and inner columns move none of them for who may not see them.
    private func vergleiche(
        _ client: SiteClient, _ nummer: Int?, _ mine: Set<Int>, _ welt: Zufallswelt, _ saat: UInt64
    ) async throws {
        for (place, ars) in Zufallswelt.ars.enumerated() {
            let rows = try await client.site.database.read { db in
                try db.rows(
                    "SELECT id, titel FROM umsetzungseintrag WHERE organisation = \(welt.organisationen[place]) ORDER BY nummer, id"
                ).map { (id: try $0["id"] as String, titel: try $0["titel"] as String) }
            }
            let hint: Comment = "Saat \(saat): Person \(nummer ?? -1), Verwaltung \(place)"
            func gezeigt(_ frage: String) async throws -> [String] {
                Self.zeilen(try await client.get("/umsetzung/\(ars)\(frage)").text)
            }
            #expect(try await gezeigt("") == rows.map(\.id).prefix(50).map { $0 }, hint)
            #expect(try await gezeigt("?q=\(Zufallswelt.marke(place))").isEmpty, hint)
            let file = try await client.get("/umsetzung/\(ars)/liste.csv")
            if mine.contains(place) {
                for row in rows { #expect(file.text.contains(row.titel.prefix(20)), hint) }
                let lines = file.text.split(separator: "\r\n").count - 1
                #expect(lines >= rows.count, hint)
            } else {
                #expect([.forbidden, .seeOther].contains(file.status), hint)
                // A filter or an order by an inner column does nothing, or its answer would tell.
                #expect(try await gezeigt("?amt=gibtesnicht") == rows.map(\.id).prefix(50).map { $0 }, hint)
                #expect(try await gezeigt("?sort=frist") == rows.map(\.id).prefix(50).map { $0 }, hint)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a change of inner columns moves no byte and no mark of a public answer, cached or not`(
        on backend: TestBackend
    ) async throws {
        var zufall = Zufall(5)
        let database = try await Welt.beispiel(backend)
        let welt = try await Zufallswelt.erschaffe(&zufall, in: database)
        for cache in [0, 32] {
            let site = try TestSite(database, cache: cache)
            let adressen = Self.adressen(site, try await Self.ersteEintraege(welt, database)).filter {
                !$0.hasSuffix(".xlsx") && !["/metrics", "/readyz", "/anmelden"].contains($0)
            }
            try await site.run { anyone in
                let (visitor, insider) = (try await anyone.als(.besuch), try await anyone.als(.koordination))
                var before: [String: SiteClient.Antwort] = [:]
                for adresse in adressen { before[adresse] = try await visitor.get(adresse) }
                for round in ["amt", "frist"] {
                    try await database.write { db in
                        if round == "amt" {
                            try db.execute(
                                "UPDATE umsetzungseintrag SET amt = 'anders', notiz = 'anders', rolle = 'anders', prioritaet = 'anders', schlagworte = 'anders', begruendung = 'anders'"
                            )
                        } else {
                            try db.execute("UPDATE umsetzungseintrag SET frist = NULL WHERE nummer % 2 = 0")
                        }
                    }
                    for adresse in adressen {
                        // Whoever may see more asks in between; nothing of that answer stays for the next one.
                        _ = try await insider.get(adresse)
                        let (old, new) = (before[adresse], try await visitor.get(adresse))
                        #expect(new.status == old?.status, "\(adresse)")
                        #expect(new.headers[.eTag] == old?.headers[.eTag], "\(adresse)")
                        #expect(new.bytes == old?.bytes, "\(adresse)")
                    }
                }
            }
        }
    }

    @Test func `public lists, files and answers are the same for everybody`() async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        try await TestSite(database).run { anyone in
            let visitor = try await anyone.als(.besuch)
            for rolle in [Rollenspiel.leserecht, .koordination, .administration] {
                let client = try await anyone.als(rolle)
                for path in [
                    "/dienste.csv", "/leistungen.csv", "/ozg.csv", "/gebiete.csv", "/api/v1/dienste",
                    "/api/v1/leistungen",
                    "/api/v1/ozg", "/api/v1/gebiete", "/api/v1/themenfelder", "/api/v1/suche?q=hund",
                    "/katalog/aenderungen.csv",
                ] { #expect(try await client.get(path).bytes == visitor.get(path).bytes, "\(rolle): \(path)") }
            }
        }
    }
}
