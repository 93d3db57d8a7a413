import App
import Kernel
import Logging
import Post
import Storage
import Synchronization
import TestKit
import Testing

@testable import Konten

/// What has had its time goes, and nothing else.
@Suite struct FristenTests {
    private static let tag = 86_400
    private static let jetzt = Welt.jetzt

    private static func vor(tagen days: Int, _ seconds: Int = 0) -> Instant {
        jetzt.plus(sekunden: -days * tag - seconds)
    }

    private static func konto(
        _ email: String, angelegt: Instant, zuletzt: Instant? = nil, hinweis: Instant? = nil,
        eingeladen: Instant? = nil,
        in db: any SQLConnection
    ) throws -> Person.ID {
        let id = Person.ID(rawValue: Kennung.neu(angelegt))
        try db.execute(
            """
            INSERT INTO person (id, email, kennwort, angelegt_am, zuletzt_am, hinweis_am, eingeladen_am)
            VALUES (\(id), \(email), '-', \(angelegt), \(zuletzt), \(hinweis), \(eingeladen))
            """)
        return id
    }

    private static func link(
        _ hash: String, _ person: Person.ID, _ zweck: String, am: Instant, bis: Instant, benutzt: Instant? = nil,
        in db: any SQLConnection
    ) throws {
        try db.execute(
            """
            INSERT INTO einmallink (token_hash, person, zweck, angelegt_am, bis, benutzt_am)
            VALUES (\(hash), \(person), \(zweck), \(am), \(bis), \(benutzt))
            """)
    }

    private static func adressen(_ database: any Database) async throws -> Set<String> {
        Set(try await database.read { db in try db.rows("SELECT email FROM person").map { try $0["email"] as String } })
    }

    @Test(arguments: TestBackend.available)
    func `each kind goes the second after its period and not before, and a dry run says so without doing it`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        try await database.write { db in
            // Everything that loading the example wrote is younger than any period.
            let id = try Self.konto("bleibt@x.invalid", angelegt: Self.vor(tagen: 1), zuletzt: Self.jetzt, in: db)
            for (name, at) in [("alt", Self.vor(tagen: 0, 1)), ("neu", Self.jetzt)] {
                try db.execute(
                    "INSERT INTO sitzung (token_hash, person, csrf, seit, bis) VALUES (\("s-" + name), \(id), 'c', \(Self.vor(tagen: 1)), \(at))"
                )
            }
            try Self.link("l-alt", id, "passwort", am: Self.vor(tagen: 32), bis: Self.vor(tagen: 30, 1), in: db)
            try Self.link("l-neu", id, "passwort", am: Self.vor(tagen: 32), bis: Self.vor(tagen: 30), in: db)
            try Self.link(
                "l-benutzt", id, "email", am: Self.vor(tagen: 31), bis: Self.vor(tagen: 30),
                benutzt: Self.vor(tagen: 30, 1),
                in: db)
            try Self.link("l-offen", id, "einladung", am: Self.vor(tagen: 60), bis: Self.vor(tagen: 59), in: db)
            for (name, bis, widerrufen) in [
                ("t-alt", Self.vor(tagen: 30, 1), nil), ("t-neu", Self.vor(tagen: 30), nil),
                ("t-widerrufen", Self.jetzt, Self.vor(tagen: 30, 1)),
            ] as [(String, Instant, Instant?)] {
                try db.execute(
                    """
                    INSERT INTO zugangstoken (id, person, name, umfang, token_hash, anfang, angelegt_am, bis, widerrufen_am)
                    VALUES (\(name), \(id), 'x', 'lesen', \(name), 'lst_', \(Self.vor(tagen: 60)), \(bis), \(widerrufen))
                    """)
            }
            for (name, at) in [("alt", Self.vor(tagen: 1, 1)), ("neu", Self.vor(tagen: 1))] {
                try db.execute(
                    "INSERT INTO idempotenz (person, schluessel, abdruck, am) VALUES (\(id), \("i-" + name), 'x', \(at))"
                )
                try db.execute(
                    "INSERT INTO anmeldebremse (schluessel, fehler, zuletzt_am, frei_ab) VALUES (\(name), 3, \(at), \(at))"
                )
                try VerlaufStore.append(
                    // A chain of its own: it is given up from its beginning only.
                    [Verlauf(.kontoAngelegt, organisation: "kette", nach: name)],
                    durch: .betrieb(name == "alt" ? Self.vor(tagen: 3_650, 1) : Self.vor(tagen: 3_650)),
                    in: db)
                let organisation: String? = try db.value("SELECT id FROM organisation_sicht ORDER BY id LIMIT 1")
                try db.execute(
                    """
                    INSERT INTO umsetzung_ladung (id, organisation, person, dateiname, inhalt, am)
                    VALUES (\(name), \(organisation), \(id), 'x.csv', \(Blob([65])), \(at))
                    """)
            }
        }
        // Only sealed lines of the Verlauf ever go.
        try await Versiegelung.nachfuehren(database)
        let lauf = Fristlauf(.ueblich, database)
        let probe = try await lauf.probe(am: Self.jetzt)
        let counts = Dictionary(uniqueKeysWithValues: probe.map { ($0.frist.art, $0.anzahl) })
        #expect(
            counts == [
                "sitzung": 1, "link": 2, "einladungsliste": 0, "anmeldebremse": 1, "verlauf": 1, "ladung": 1,
                "kontakt": 0, "mitteilung": 0, "brief": 0, "zugangstoken": 2, "idempotenz": 1, "webhooksendung": 0,
                "einladung": 0, "konto": 0,
            ])
        let done = try await lauf.raeume(am: Self.jetzt)
        #expect(done.map(\.anzahl) == probe.map(\.anzahl))
        #expect(try await lauf.raeume(am: Self.jetzt).allSatisfy { $0.anzahl == 0 })
        let left = try await database.read { db in
            try db.rows(
                """
                SELECT token_hash AS rest FROM sitzung UNION ALL SELECT token_hash FROM einmallink
                UNION ALL SELECT schluessel FROM anmeldebremse UNION ALL SELECT id FROM umsetzung_ladung
                UNION ALL SELECT id FROM zugangstoken UNION ALL SELECT schluessel FROM idempotenz
                UNION ALL SELECT nach FROM verlauf WHERE art = 'konto_angelegt'
                """
            ).map { try $0["rest"] as String }.sorted()
        }
        #expect(left == ["i-neu", "l-neu", "l-offen", "neu", "neu", "neu", "s-neu", "t-neu"])
    }

    @Test(arguments: TestBackend.available)
    func `an invitation that nobody took up goes after 90 days with its account, and no account that anybody used`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        try await database.write { db in
            for (name, days, used, zuletzt) in [
                ("nie", 91, false, nil), ("noch-nicht", 89, false, nil), ("angenommen", 91, true, nil),
                ("war-da", 91, false, Self.vor(tagen: 5)),
            ] as [(String, Int, Bool, Instant?)] {
                let taken = used || zuletzt != nil
                let id = try Self.konto(
                    "\(name)@x.invalid", angelegt: Self.vor(tagen: days), zuletzt: zuletzt,
                    eingeladen: taken ? nil : Self.vor(tagen: days), in: db)
                try AmtStore.gib(.init(.leserecht, an: "o"), an: id, durch: .betrieb(Self.vor(tagen: days)), in: db)
                try Self.link(
                    name, id, "einladung", am: Self.vor(tagen: days), bis: Self.vor(tagen: days - 1),
                    benutzt: used ? Self.vor(tagen: days - 1) : nil, in: db)
            }
            let id = try Self.konto(
                "nochmal@x.invalid", angelegt: Self.vor(tagen: 200), eingeladen: Self.vor(tagen: 200), in: db)
            for days in [200, 10] {
                try Self.link(
                    "n\(days)", id, "einladung", am: Self.vor(tagen: days), bis: Self.vor(tagen: days - 1), in: db)
            }
            // Made by a command, never invited.
            _ = try Self.konto("befehl@x.invalid", angelegt: Self.vor(tagen: 200), in: db)
        }
        _ = try await Fristlauf(.ueblich, database).raeume(am: Self.jetzt)
        #expect(
            try await Self.adressen(database) == [
                "noch-nicht@x.invalid", "angenommen@x.invalid", "war-da@x.invalid", "nochmal@x.invalid",
                "befehl@x.invalid",
            ])
    }

    @Test(arguments: TestBackend.available)
    func `an account that nobody uses is warned first and goes 30 days later, unless it is used or the last`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.leer(backend)
        let alt = Self.vor(tagen: 1_000)
        try await database.write { db in
            for name in ["vergessen", "kehrt-wieder", "frueher-gewarnt"] {
                _ = try Self.konto(
                    "\(name)@x.invalid", angelegt: alt, zuletzt: Self.vor(tagen: 800),
                    hinweis: name == "frueher-gewarnt" ? Self.vor(tagen: 900) : nil, in: db)
            }
            _ = try Self.konto("neu@x.invalid", angelegt: Self.vor(tagen: 10), in: db)
            let last = try Self.konto(
                "letzte@x.invalid", angelegt: alt, zuletzt: alt, hinweis: Self.vor(tagen: 100), in: db)
            try AmtStore.gib(.init(.administration), an: last, durch: .betrieb(alt), in: db)
        }
        let lauf = Fristlauf(.ueblich, database)
        let alle = try await Self.adressen(database)
        _ = try await lauf.raeume(am: Self.jetzt)
        #expect(try await Self.adressen(database) == alle, "nobody goes who was not told")

        let told = Mutex<[String]>([])
        let hinweis: Fristlauf.Hinweis = { person, am, db in
            let email: String? = try db.value("SELECT email FROM person WHERE id = \(person)")
            told.withLock { $0.append(email ?? "") }
            try Kontenfristen.vermerke(hinweis: am, an: person, in: db)
        }
        #expect(try await lauf.warne(am: Self.jetzt, hinweis) == 3)
        #expect(
            told.withLock { $0.sorted() } == [
                "frueher-gewarnt@x.invalid", "kehrt-wieder@x.invalid", "vergessen@x.invalid",
            ])
        #expect(try await lauf.warne(am: Self.jetzt, hinweis) == 0, "nobody is told twice")
        let spaeter = Self.jetzt.plus(sekunden: 29 * Self.tag)
        _ = try await lauf.raeume(am: spaeter)
        #expect(try await Self.adressen(database) == alle)
        try await database.write { db in
            try db.execute("UPDATE person SET zuletzt_am = \(spaeter) WHERE email = 'kehrt-wieder@x.invalid'")
        }
        _ = try await lauf.raeume(am: Self.jetzt.plus(sekunden: 31 * Self.tag))
        #expect(
            try await Self.adressen(database) == ["kehrt-wieder@x.invalid", "neu@x.invalid", "letzte@x.invalid"])
    }

    @Test(arguments: TestBackend.available)
    func `a mail that does not leave leaves its account unwarned, and no other`(on backend: TestBackend) async throws {
        let database = try await Welt.leer(backend)
        try await database.write { db in
            for number in 1...3 {
                _ = try Self.konto("k\(number)@x.invalid", angelegt: Self.vor(tagen: 900), in: db)
            }
        }
        let post = Postsammler(fehler: Postfehler(.nichtErreichbar, "kein Mailserver"), nur: "k2@x.invalid")
        let site = try TestSite(database, post: post, now: { Self.jetzt })
        let lauf = Fristlauf(.ueblich, database)
        let hinweis = try #require(site.leitstand.post.loeschhinweis)
        #expect(try await lauf.warne(am: Self.jetzt, hinweis) == 3)
        try await site.arbeite()
        let tag = Self.jetzt.plus(sekunden: 30 * Self.tag).tag.deutsch
        #expect(post.briefe.map(\.an.text).sorted() == ["k1@x.invalid", "k3@x.invalid"])
        #expect(post.briefe.allSatisfy { $0.text.contains(tag) })
        let warned = try await database.read { db in
            try db.value("SELECT count(*) FROM person WHERE hinweis_am IS NOT NULL") ?? 0
        }
        #expect(warned == 2)
        // Asked for again the next night, and still one letter.
        #expect(try await lauf.warne(am: Self.jetzt, hinweis) == 1)
        #expect(try await database.read { db in try db.value("SELECT count(*) FROM brief") ?? 0 } == 3)
    }

    @Test(arguments: TestBackend.available)
    func `whose mailbox is dead cannot be told, and the account goes all the same`(on backend: TestBackend) async throws
    {
        let database = try await Welt.leer(backend)
        try await database.write { db in
            let id = try Self.konto("tot@x.invalid", angelegt: Self.vor(tagen: 900), in: db)
            _ = try Self.konto("neu@x.invalid", angelegt: Self.jetzt, in: db)
            try db.execute("UPDATE person SET markiert_am = \(Self.jetzt), markierung = 'weg' WHERE id = \(id)")
        }
        let post = Postsammler()
        let site = try TestSite(database, post: post, now: { Self.jetzt })
        let lauf = Fristlauf(.ueblich, database)
        let hinweis = try #require(site.leitstand.post.loeschhinweis)
        #expect(try await lauf.warne(am: Self.jetzt, hinweis) == 1)
        try await site.arbeite()
        #expect(post.briefe.isEmpty)
        #expect(try await lauf.warne(am: Self.jetzt, hinweis) == 0)
        _ = try await lauf.raeume(am: Self.jetzt.plus(sekunden: 31 * Self.tag))
        #expect(try await Self.adressen(database) == ["neu@x.invalid"])
    }

    @Test func `the hour of Berlin is right in summer, in winter and at both changes`() {
        for (utc, stunde) in [
            (1_795_338_000, 10), (1_782_864_000 - 1, 1), (1_774_745_999, 1), (1_774_746_000, 3), (1_792_889_999, 2),
            (1_792_890_000, 2), (0, 1), (-3_601, 23),
        ] { #expect(Instant(rawValue: utc * 1_000).stunde == stunde, "\(utc)") }
    }
}
