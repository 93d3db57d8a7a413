import HTTPTypes
import Kernel
import Logging
import Storage
import Synchronization
import TestKit
import Testing
import Web

@testable import Konten

/// What attackers send first: each is refused with a sentence that says what to do, and leaves a line in the log that
/// holds nothing secret and nobody's name.
@Suite struct SchlechteEingabenTests {
    private static let personen = "/organisationen/\(Rollenspiel.duelmen)/personen"
    private static let neu = "kollegin@stadt.example"

    private static func logger(_ log: Mitschrift) -> Logger {
        var logger = Logger(label: "mitschrift", factory: { _ in log })
        logger.logLevel = .trace
        return logger
    }

    private static func pruefe(_ log: Mitschrift, enthaelt: [String], nie geheim: [String]) {
        let text = log.text
        for part in enthaelt { #expect(text.contains(part), "im Protokoll fehlt \(part)") }
        for secret in geheim {
            #expect(secret.utf8.count >= 5 && !text.contains(secret), "im Protokoll steht \(secret)")
        }
    }

    /// Runs with a log that is read afterwards: it says `enthaelt`, and nothing of what `body` returns.
    private static func mitLog(
        _ backend: TestBackend, post: Postsammler = Postsammler(), uhr: Uhr = Uhr(), enthaelt: [String],
        _ body: @escaping @Sendable (SiteClient, any Database) async throws -> [String]
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let log = Mitschrift()
        let geheim = Mutex<[String]>([])
        try await TestSite(database, post: post, now: { uhr.jetzt }).run(log: logger(log)) { client in
            let found = try await body(client, database)
            geheim.withLock { $0 = found }
        }
        pruefe(log, enthaelt: enthaelt, nie: geheim.withLock { $0 })
    }

    @Test(arguments: TestBackend.available)
    func `a link that was used or is over is refused with what to do`(on backend: TestBackend) async throws {
        let (post, uhr) = (Postsammler(), Uhr())
        try await Self.mitLog(
            backend, post: post, uhr: uhr,
            enthaelt: ["link abgelehnt", "\"zweck\": einladung", "/anmelden/einladung/{link}", "404"]
        ) { client, _ in
            var links: [String] = []
            for email in [Self.neu, "zweite@stadt.example"] {
                _ = try await client.als(.koordination).post(Self.personen, [("email", email), ("rolle", "redaktion")])
                try await client.site.arbeite()
                links.append(try EinladungTests.pfad(post.briefe.last))
            }
            let felder = [("name", "Probe Beispiel"), ("passwort", EinladungTests.gut)]
            #expect(try await EinladungTests.sende(client, links[0], felder).status == .seeOther)
            uhr.vor(Einmallink.dauer + 1)
            for link in links {
                for answer in [
                    try await client.als(.besuch).get(link), try await EinladungTests.sende(client, link, felder),
                ] {
                    #expect(answer.status == .notFound)
                    #expect(answer.text.contains("gilt nicht mehr") && answer.text.contains("einen neuen geben"))
                }
            }
            return links.compactMap { $0.split(separator: "/").last.map(String.init) } + [
                Self.neu, "zweite@", "Probe", EinladungTests.gut,
            ]
        }
    }

    @Test(arguments: TestBackend.available)
    func `the cookie of a session from before a new password is refused with what to do`(on backend: TestBackend)
        async throws
    {
        try await Self.mitLog(backend, enthaelt: ["/konto/passwort", "/abmelden", "401"]) { client, _ in
            let own = try await client.als(.koordination)
            let stolen = try await client.als(.koordination)
            let felder = [("aktuell", "geheim"), ("neu", EinladungTests.gut)]
            #expect(try await own.post("/konto/passwort", felder).status == .seeOther)
            #expect(try await stolen.get("/konto").headers[.location] == "/anmelden?ziel=%2Fkonto")
            for path in ["/konto/passwort", "/konto/email", "/abmelden"] {
                let answer = try await stolen.post(path, felder)
                #expect(answer.status == .unauthorized && answer.text.contains("Bitte melden Sie sich an"))
            }
            #expect(try await own.get("/konto").status == .ok)
            return [
                String(stolen.cookie?.dropFirst(18) ?? "?"), stolen.csrf ?? "?",
                String(own.cookie?.dropFirst(18) ?? "?"),
                EinladungTests.gut, "koordination@",
            ]
        }
    }

    @Test(arguments: TestBackend.available)
    func `a code of the second factor that was used is refused with what to do`(on backend: TestBackend) async throws {
        try await Self.mitLog(backend, enthaelt: ["anmeldung abgelehnt", "\"grund\": code"]) { client, database in
            let person = try await Probekonto.anlegen(in: database)
            let (totp, codes) = try await Probekonto.faktor(of: person, in: database)
            for code in [totp.code(Welt.jetzt), codes[0]] {
                var one = try await Browser(client)
                try await one.melde(Probekonto.email)
                #expect(try await one.post("/anmelden", [("code", code)]).status == .seeOther)
                var two = try await Browser(client)
                try await two.melde(Probekonto.email)
                let again = try await two.post("/anmelden", [("code", code)])
                #expect(again.status == .unprocessableContent)
                #expect(
                    again.text.contains("wurde schon benutzt") && again.text.contains("Warten Sie auf den nächsten"))
            }
            return [codes[0], codes[0].filter { $0 != "-" }, totp.base32, Probekonto.email, person.rawValue]
        }
    }

    @Test(arguments: TestBackend.available)
    func `a body that is no form is refused with what is taken`(on backend: TestBackend) async throws {
        try await Self.mitLog(backend, enthaelt: ["/konto/email", "/anmelden", "415"]) { client, _ in
            let own = try await client.als(.koordination)
            for (who, path) in [
                (own, "/konto/email"), (own, Self.personen), (try await client.als(.besuch), "/anmelden"),
            ] {
                for art in ["application/json", "text/plain", ""] {
                    let answer = try await who.send(
                        .post, path, headers: [.contentType: art, .cookie: "leitstand_vor=vorvorvorvorvorvorvorvor"],
                        body: Array("{\"passwort\":\"ganz-geheimes-wort\",\"email\":\"x@y.example\"}".utf8))
                    if who.cookie == nil || art != "" {
                        #expect(answer.status == .unsupportedMediaType, "\(path) \(art)")
                    }
                    #expect(answer.text.contains("nimmt nur Formulare an"), "\(path) \(art)")
                }
            }
            return ["ganz-geheimes-wort", "x@y.example", "vorvorvor"]
        }
    }

    @Test(arguments: TestBackend.available)
    func `lines of a letter's head come in by no field`(on backend: TestBackend) async throws {
        let post = Postsammler()
        try await Self.mitLog(
            backend, post: post, enthaelt: ["/anmelden/vergessen", "/organisationen/{organisation}/personen", "422"]
        ) { client, _ in
            let own = try await client.als(.koordination)
            let zeile = "\r\nBcc: heimlich@fremd.example"
            for (answer, satz) in [
                (
                    try await EinladungTests.sende(
                        client, "/anmelden/vergessen", [("email", "koordination@leitstand.localhost\(zeile)")]),
                    "Das ist keine E-Mail-Adresse"
                ),
                (
                    try await own.post(Self.personen, [("email", "a@b.example\(zeile)"), ("rolle", "redaktion")]),
                    "Das ist keine E-Mail-Adresse"
                ),
                (
                    try await own.post(
                        Self.personen, [("email", Self.neu), ("name", "Probe\(zeile)"), ("rolle", "redaktion")]),
                    "die nicht zu sehen sind"
                ),
                (
                    try await own.post("/konto/email", [("email", "a@b.example\(zeile)"), ("passwort", "geheim")]),
                    "Das ist keine E-Mail-Adresse"
                ), (try await own.post("/konto", [("name", "Probe\(zeile)")]), "die nicht zu sehen sind"),
                (try await own.post("/konto", [("name", "Probe\u{2028}Bcc: x")]), "die nicht zu sehen sind"),
            ] {
                #expect(answer.status == .unprocessableContent)
                #expect(answer.text.contains(satz), "\(satz)")
            }
            try await client.site.arbeite()
            #expect(post.briefe.isEmpty)
            return ["heimlich", "koordination@", "a@b.example"]
        }
    }

    @Test(arguments: TestBackend.available)
    func `a form of another site is refused whatever host it names, and a wait is not evaded by a made-up address`(
        on backend: TestBackend
    ) async throws {
        try await Self.mitLog(backend, enthaelt: ["\"grund\": bremse", "/konto/passwort", "403", "429"]) { client, _ in
            let own = try await client.als(.koordination)
            let host = try #require(HTTPField.Name("Host"))
            let foreign = try await own.send(
                .post, "/konto/passwort",
                headers: [
                    .contentType: "application/x-www-form-urlencoded", .origin: "https://boese.invalid",
                    host: "leitstand.example",
                ], body: Array("csrf=\(own.csrf ?? "")".utf8))
            #expect(foreign.status == .forbidden && foreign.text.contains("von einer fremden Seite ausgelöst"))
            var browser = try await Browser(client)
            let forwarded = try #require(HTTPField.Name("X-Forwarded-For"))
            var last = HTTPResponse.Status.ok
            for number in 0..<6 {
                browser.kopf[forwarded] = "203.0.113.\(number)"
                last = try await browser.melde("koordination@leitstand.localhost", "falsches-wort").status
            }
            #expect(last == .tooManyRequests && browser.seite.contains("Zu viele Fehlversuche. Versuchen Sie es in"))
            return ["boese.invalid", "203.0.113", "falsches-wort", "koordination@", own.csrf ?? "?"]
        }
    }

    @Test(arguments: TestBackend.available)
    func `nobody is sent to another site, and the log does not hold where`(on backend: TestBackend) async throws {
        try await Self.mitLog(backend, enthaelt: ["/anmelden", "303"]) { client, _ in
            for ziel in ["//boese.invalid", "https://boese.invalid/x", "/\\boese.invalid", "/\tboese.invalid"] {
                let own = try await client.als(.koordination)
                #expect(
                    try await own.get(Adresse("/anmelden", [("ziel", ziel)]).text).headers[.location] == "/")
            }
            return ["boese.invalid"]
        }
    }

    @Test(arguments: TestBackend.available)
    func `accounts that exist, are invited, disabled or unknown get one answer and one line`(on backend: TestBackend)
        async throws
    {
        let (disabled, invited) = ("gesperrt@leitstand.localhost", "eingeladen@leitstand.localhost")
        try await Self.mitLog(backend, enthaelt: ["anmeldung abgelehnt", "/anmelden/vergessen"]) { client, database in
            _ = try await client.als(.koordination)
            try await Probekonto.anlegen(disabled, in: database)
            let kennwort = try Kennwort.neu("weiß niemand", .gering)
            try await database.write { db in
                try db.execute("UPDATE person SET gesperrt_am = \(Welt.jetzt) WHERE email = \(disabled)")
                _ = try PersonStore.lade(invited, name: nil, kennwort: kennwort, durch: .betrieb(Welt.jetzt), in: db)
            }
            var signIn: Set<String> = []
            var reset: Set<String> = []
            let all = ["koordination@leitstand.localhost", disabled, invited, "niemand@leitstand.localhost"]
            for email in all {
                let browser = try await EinladungTests.sende(
                    client, "/anmelden", [("email", email), ("passwort", "falsches-wort")])
                #expect(browser.status == .unprocessableContent)
                #expect(browser.text.contains("E-Mail-Adresse oder Passwort stimmt nicht"))
                signIn.insert(browser.text.replacing(email, with: "…"))
                let asked = try await EinladungTests.sende(client, "/anmelden/vergessen", [("email", email)])
                #expect(asked.status == .ok)
                reset.insert(asked.text)
            }
            #expect(signIn.count == 1 && reset.count == 1)
            try await client.site.arbeite()
            return all + ["falsches-wort"]
        }
    }

    @Test(arguments: [
        (Stoerung.ohneVerfahren, "token unlesbar"),
        (.hmacMitOeffentlichemSchluessel, "verfahren nicht erlaubt"), (.ohneSignatur, "signatur"),
        (.fremderSchluessel, "signatur"), (.unbekannterSchluessel, "schlüssel unbekannt"),
    ])
    func `a token without a signature or with that of a foreign key signs nobody in`(
        _ stoerung: Stoerung, _ grund: String
    ) async throws {
        let database = try await Welt.beispiel(.sqliteMemory)
        let log = Mitschrift()
        try await Testanbieter.run { anbieter in
            anbieter.stelle { $0.stoerung = stoerung }
            let site = try TestSite(database, adresse: Testanbieter.adresse, anbieter: anbieter.angaben())
            try await site.run(log: Self.logger(log)) { client in
                let answer = try await Fremdbrowser(client: client, anbieter: anbieter).anmelden()
                #expect(answer.status == .forbidden && !Fremdbrowser.istAngemeldet(answer))
                #expect(answer.text.contains("war nicht gültig. Beginnen Sie die Anmeldung noch einmal"))
            }
        }
        Self.pruefe(
            log, enthaelt: ["anmeldung über den anbieter abgelehnt", "\"grund\": \(grund)"],
            nie: ["probe@", "Probe", "subjekt-1", "eyJhbG"])
    }
}
