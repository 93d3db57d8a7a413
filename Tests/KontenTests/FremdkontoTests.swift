import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Konten

/// Which account somebody from the provider has, and with which roles.
@Suite struct FremdkontoTests {
    private static let duelmen = "gruppen = ozg-koordination -> ozg_ansprechperson @ 055580016016"

    /// An account made by hand, optionally invited until then.
    private static func konto(
        _ email: String = "probe@duelmen.example", eingeladenBis: Instant? = nil, in database: any Database
    ) async throws -> Person.ID {
        try await database.write { db in
            let id = try KontoStore.insert(
                email: email, kennwort: Kennwort(gespeichert: ""), aemter: [.init(.projektbuero)],
                durch: .betrieb(Welt.jetzt), in: db)
            if let eingeladenBis {
                try db.execute(
                    """
                    INSERT INTO einmallink (token_hash, person, zweck, angelegt_am, bis)
                    VALUES ('h', \(id), 'einladung', \(Welt.jetzt), \(eingeladenBis))
                    """)
            }
            return id
        }
    }

    @Test(arguments: TestBackend.available)
    func `an invited account is linked when the provider confirms the address, and the invitation is used up`(
        on backend: TestBackend
    ) async throws {
        try await Fremdbrowser.run(backend, stelle: { $0.ansprueche["email"] = "PROBE@Duelmen.example" }) {
            (browser, database) async throws in
            let id = try await Self.konto(eingeladenBis: Welt.jetzt.plus(sekunden: 60), in: database)
            #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
            #expect(try await Fremdbrowser.rollen(in: database) == ["ozg_ansprechperson", "projektbuero"])
            let (person, offen, arten) = try await database.read { db in
                let person: String? = try db.value("SELECT person FROM fremdkonto WHERE subjekt = 'subjekt-1'")
                let offen: Int? = try db.value("SELECT count(*) FROM einmallink WHERE benutzt_am IS NULL")
                let arten = try db.rows("SELECT art FROM verlauf WHERE art = 'fremdkonto_verknuepft'").count
                return (person, offen, arten)
            }
            #expect(person == id.rawValue && offen == 0 && arten == 1)
        }
    }

    @Test(arguments: TestBackend.available)
    func `an account is never taken over by an unconfirmed address, nor one that nobody invited`(
        on backend: TestBackend
    )
        async throws
    {
        for (bestaetigt, bis, kommtHerein) in [
            (true as any Sendable, -1, false), (false, 60, false), ("", 60, false), (1, 60, false), ("true", 60, true),
        ] as [(any Sendable, Int, Bool)] {
            try await Fremdbrowser.run(backend, stelle: { $0.ansprueche["email_verified"] = bestaetigt }) {
                (browser, database) async throws in
                _ = try await Self.konto(eingeladenBis: Welt.jetzt.plus(sekunden: bis), in: database)
                let antwort = try await browser.anmelden()
                #expect(Fremdbrowser.istAngemeldet(antwort) == kommtHerein, "\(bestaetigt) \(bis)")
                if !kommtHerein {
                    #expect(antwort.text.contains("hat hier schon ein Konto"))
                    #expect(try await Fremdbrowser.rollen(in: database) == ["projektbuero"])
                }
            }
        }
        // Unless the rules say so; unconfirmed addresses not even then.
        for bestaetigt in [true, false] {
            try await Fremdbrowser.run(
                backend, regeln: "bestehende-konten = verknuepfen",
                stelle: { $0.ansprueche["email_verified"] = bestaetigt }
            ) { (browser, database) async throws in
                _ = try await Self.konto(in: database)
                #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()) == bestaetigt)
            }
        }
    }

    @Test func `nobody without a role gets an account, and nobody without an address`() async throws {
        for (name, wert, satz) in [
            ("gruppen", ["andere"] as any Sendable, "noch keine Rolle"), ("gruppen", "", "noch keine Rolle"),
            ("email_verified", false, "noch nicht bestätigt"),
            ("email", "", "keine E-Mail-Adresse"), ("email", "kein", "keine E-Mail-Adresse"),
            ("email", "a@b\r\nBcc: c@d", "keine E-Mail-Adresse"), ("email", "<a@b>", "keine E-Mail-Adresse"),
            ("email", ["a@b"], "keine E-Mail-Adresse"),
        ] as [(String, any Sendable, String)] {
            try await Fremdbrowser.run(stelle: { $0.ansprueche[name] = wert }) { (browser, database) async throws in
                let antwort = try await browser.anmelden()
                #expect(antwort.status == .forbidden && antwort.text.contains(satz), "\(name) \(wert)")
                #expect(try await database.read { db in try db.value("SELECT count(*) FROM person") ?? 0 } == 0)
            }
        }
        // A rule for a place that does not exist gives nothing.
        try await Fremdbrowser.run(regeln: "gruppen = * -> leserecht @ 99999") { (browser, _) async throws in
            #expect(try await browser.anmelden().text.contains("noch keine Rolle"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `roles of the rules come and go with the claims; those given by hand stay`(on backend: TestBackend)
        async throws
    {
        let regeln = """
            gruppen = ozg-koordination -> ozg_ansprechperson @ 055580016016
            gruppen = redaktion -> redaktion @ 055580016016 vertretung
            gruppen = betrieb -> projektbuero
            """
        try await Fremdbrowser.run(backend, regeln: regeln) { (browser, database) async throws in
            func rollen(_ gruppen: [String], kommtHerein: Bool = true) async throws -> [String] {
                browser.anbieter.stelle { $0.ansprueche["gruppen"] = gruppen }
                #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()) == kommtHerein)
                return try await Fremdbrowser.rollen(in: database)
            }
            #expect(try await rollen(["ozg-koordination", "redaktion"]) == ["ozg_ansprechperson", "redaktion+"])
            #expect(try await rollen(["redaktion", "betrieb"]) == ["projektbuero", "redaktion+"])
            let person = try #require(
                try await database.read { db in try KontoStore.konto(email: "probe@duelmen.example", in: db)?.id })
            try await database.write { db in
                let ort: String? = try db.value("SELECT organisation FROM amt WHERE rolle = 'redaktion'")
                // By hand: one that no rule knows, and one that a rule would give, too.
                try AmtStore.gib(.init(.leserecht, an: ort), an: person, durch: .betrieb(Welt.jetzt), in: db)
                try AmtStore.gib(.init(.ozgAnsprechperson, an: ort), an: person, durch: .betrieb(Welt.jetzt), in: db)
            }
            #expect(
                try await rollen(["ozg-koordination", "redaktion"]) == [
                    "leserecht", "ozg_ansprechperson", "redaktion+",
                ])
            #expect(try await rollen([]) == ["leserecht", "ozg_ansprechperson"])
            let vorher = try await database.read { db in try db.rows("SELECT id FROM verlauf").count }
            #expect(try await rollen([]) == ["leserecht", "ozg_ansprechperson"])
            #expect(try await database.read { db in try db.rows("SELECT id FROM verlauf").count } == vorher)
            // Whose last role goes, stays out, and the role is gone all the same.
            try await database.write { db in
                for rolle in [Rolle.leserecht, .ozgAnsprechperson] {
                    let ort: String? = try db.value("SELECT organisation FROM amt WHERE rolle = \(rolle)")
                    try AmtStore.nimm(rolle, organisation: ort, von: person, durch: .betrieb(Welt.jetzt), in: db)
                }
            }
            #expect(try await rollen(["betrieb"]) == ["projektbuero"])
            #expect(try await rollen([], kommtHerein: false) == [])
            #expect(
                try await database.read { db in
                    try db.rows("SELECT id FROM verlauf WHERE art = 'rolle_genommen' AND von = 'projektbuero'").count
                } == 2)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a disabled account stays out, and its roles stay as they are`(on backend: TestBackend) async throws {
        try await Fremdbrowser.run(backend) { (browser, database) async throws in
            #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
            try await database.write { db in _ = try db.execute("UPDATE person SET gesperrt_am = \(Welt.jetzt)") }
            browser.anbieter.stelle { $0.ansprueche["gruppen"] = [String]() }
            let antwort = try await browser.anmelden()
            #expect(antwort.status == .forbidden && antwort.text.contains("Ihr Konto ist gesperrt"))
            #expect(try await Fremdbrowser.rollen(in: database) == ["ozg_ansprechperson"])
        }
    }

    @Test(arguments: TestBackend.available)
    func `two windows of a new person make one account`(on backend: TestBackend) async throws {
        try await Fremdbrowser.run(backend) { (browser, database) async throws in
            let results = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 { group.addTask { Fremdbrowser.istAngemeldet(try await browser.anmelden()) } }
                return try await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(results == [true, true, true, true])
            #expect(try await database.read { db in try db.value("SELECT count(*) FROM person") ?? 0 } == 1)
        }
    }

    @Test func `a second factor of the provider counts where the operator says so`() async throws {
        for (gilt, name, wert, erwartet) in [
            (true, "amr", ["pwd", "otp"] as any Sendable, true), (true, "acr", "mfa", true),
            (true, "amr", ["hwk"], true),
            (true, "amr", ["pwd"], false), (true, "amr", "mfax", false), (true, "acr", 1, false),
            (false, "amr", ["mfa"], false),
        ] as [(Bool, String, any Sendable, Bool)] {
            try await Fremdbrowser.run(zweiterFaktor: gilt, stelle: { $0.ansprueche[name] = wert }) {
                (browser, database) async throws in
                #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
                let stored: Bool? = try await database.read { db in try db.value("SELECT zweiter_faktor FROM sitzung") }
                #expect(stored == erwartet, "\(gilt) \(name) \(wert)")
            }
        }
    }

    @Test func `no password opens an account that the provider made`() async throws {
        try await Fremdbrowser.run { (browser, database) async throws in
            #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
            let konto = try await database.read { db in try KontoStore.konto(email: "probe@duelmen.example", in: db) }
            let kennwort = try #require(konto?.kennwort)
            for text in ["", " ", "scrypt", "geheim"] { #expect(!kennwort.passt(text)) }
        }
    }
}
