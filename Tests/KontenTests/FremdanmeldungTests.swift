import HTTPTypes
import Kernel
import Logging
import Storage
import Synchronization
import TestKit
import Testing
import Web

@testable import Konten

/// There and back through the identity provider.
@Suite struct FremdanmeldungTests {
    @Test(arguments: TestBackend.available, ["RS256", "PS256", "ES256", "EdDSA"])
    func `whoever the provider confirms has an account, the roles of the rules and a session`(
        on backend: TestBackend, _ verfahren: String
    ) async throws {
        try await Fremdbrowser.run(backend, stelle: { $0.verfahren = verfahren }) { (browser, database) async throws in
            let form = try await browser.client.get("/anmelden?ziel=/dienste/neu")
            #expect(form.text.contains("Mit Landeskonto anmelden"))
            #expect(form.text.contains("/anmelden/extern?ziel=%2Fdienste%2Fneu"))
            let hinweg = try await browser.hin("/dienste?q=a%20b")
            let antwort = try await browser.zurueck(browser.anbieter.stimmeZu(hinweg.ort), cookie: hinweg.cookie)
            #expect(antwort.status == .seeOther)
            #expect(antwort.headers[.location] == "/dienste?q=a%20b")
            #expect(Fremdbrowser.cookie("leitstand_extern", antwort) == "")
            let token = try #require(Fremdbrowser.cookie("leitstand_sitzung", antwort))
            let seite = try await browser.client.get("/dienste/neu", headers: [.cookie: "leitstand_sitzung=\(token)"])
            #expect(seite.status == .ok)
            #expect(try await Fremdbrowser.rollen(in: database) == ["ozg_ansprechperson"])
            #expect(
                try await database.read { db in try db.value("SELECT name FROM person LIMIT 1") } == "Probe Beispiel")
            // The second time it is the same account, also with another address.
            browser.anbieter.stelle { $0.ansprueche["email"] = "anders@duelmen.example" }
            #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
            #expect(try await database.read { db in try db.value("SELECT count(*) FROM person") ?? 0 } == 1)
            #expect(browser.anbieter.anfragen("/keys") == 1)
            #expect(browser.anbieter.anfragen("/.well-known/openid-configuration") == 1)
            #expect(browser.anbieter.anfragen("/userinfo") == 0)
        }
    }

    @Test func `the cookie of a sign-in under way is short-lived and of no use to scripts and other sites`()
        async throws
    {
        try await Fremdbrowser.run { (browser, _) async throws in
            let antwort = try await browser.client.get("/anmelden/extern")
            let cookie = try #require(antwort.headers[values: .setCookie].first)
            for part in ["leitstand_extern=", "; Path=/anmelden;", "; Max-Age=600;", "; HttpOnly", "; SameSite=Lax"] {
                #expect(cookie.contains(part), "\(part)")
            }
            #expect(antwort.headers[.cacheControl] == "no-store")
            let secure = Fremdvorgang.setze("x", seconds: 1, tls: true)
            #expect(secure.hasPrefix("__Host-leitstand_extern=x; Path=/; ") && secure.hasSuffix("; Secure"))
            // Nothing that goes through the provider gives away what stays in the browser.
            let vorgang = try #require(Fremdvorgang(cookie: cookie.dropFirst(17).prefix { $0 != ";" }.description))
            let ort = try #require(antwort.headers[.location])
            #expect(ort.contains("state=\(vorgang.zustand)") && ort.contains("code_challenge=\(vorgang.nachweisfrage)"))
            for geheim in [vorgang.nachweis, vorgang.cookie, String(vorgang.cookie.prefix { $0 != "." })] {
                #expect(!ort.contains(geheim))
            }
        }
    }

    @Test(arguments: Stoerung.allCases)
    func `whatever the provider does wrong, nobody is signed in and a sentence says so`(_ stoerung: Stoerung)
        async throws
    {
        let frist: Duration = stoerung == .langsam ? .seconds(6) : .seconds(30)
        let regeln = "gruppen = ozg-koordination -> ozg_ansprechperson @ 055580016016\nnur.dort = ja -> administration"
        try await Fremdbrowser.run(regeln: regeln, frist: frist, stelle: { $0.stoerung = stoerung }) {
            (browser, database) async throws in
            let antwort: SiteClient.Antwort
            if stoerung.rawValue.hasPrefix("auskunft"), stoerung != .auskunftUeberAndere {
                antwort = try await browser.client.get("/anmelden/extern")
            } else {
                antwort = try await browser.anmelden()
            }
            #expect(antwort.status == .forbidden || antwort.status == .serviceUnavailable, "\(antwort.status)")
            #expect(antwort.text.contains("Nicht angemeldet"))
            #expect(antwort.text.contains("Noch einmal versuchen"))
            #expect(
                !antwort.text.contains("boese") && !antwort.text.contains("state=")
                    && !antwort.text.contains("<script>"))
            #expect(antwort.headers[.cacheControl] == "no-store")
            #expect(Fremdbrowser.cookie("leitstand_sitzung", antwort) == nil)
            #expect(Fremdbrowser.cookie("leitstand_extern", antwort) == "")
            #expect(try await database.read { db in try db.value("SELECT count(*) FROM person") ?? 0 } == 0)
            #expect(browser.anbieter.anfragen("/anderswo") == 0)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a way back counts once, in the browser that went there, and in time`(on backend: TestBackend) async throws {
        let uhr = Uhr()
        try await Fremdbrowser.run(backend, uhr: uhr) { (browser, database) async throws in
            let (eins, zwei) = (try await browser.hin(), try await browser.hin())
            let pfad = try browser.anbieter.stimmeZu(eins.ort)
            func verweigert(_ antwort: SiteClient.Antwort, _ satz: String) {
                #expect(antwort.status == .forbidden)
                #expect(antwort.text.contains(satz))
                #expect(Fremdbrowser.cookie("leitstand_sitzung", antwort) == nil)
            }
            let anderer = "nicht in diesem Browser begonnen"
            verweigert(try await browser.zurueck(pfad, cookie: nil), anderer)
            verweigert(try await browser.zurueck(pfad, cookie: zwei.cookie), anderer)
            verweigert(try await browser.zurueck(pfad, cookie: "x.y.z"), anderer)
            verweigert(try await browser.zurueck("/anmelden/extern/rueckruf", cookie: eins.cookie), anderer)
            verweigert(
                try await browser.zurueck("/anmelden/extern/rueckruf?state=&code=x", cookie: eins.cookie), anderer)
            // Nobody prolongs it or sends it elsewhere by changing the cookie.
            let teile = eins.cookie.split(separator: ".").map(String.init)
            let woanders = Base64URL.encode(Array("/dienste".utf8))
            for cookie in ["\(teile[0]).\(teile[1]).\(woanders)", "\(teile[0]).\(uhr.jetzt.rawValue + 1).\(teile[2])"] {
                verweigert(try await browser.zurueck(pfad, cookie: cookie), anderer)
            }
            #expect(browser.anbieter.anfragen("/token") == 0)
            #expect(Fremdbrowser.istAngemeldet(try await browser.zurueck(pfad, cookie: eins.cookie)))
            verweigert(try await browser.zurueck(pfad, cookie: eins.cookie), "schon benutzt")
            #expect(browser.anbieter.anfragen("/token") == 1)
            // The code of another sign-in that is over.
            let alt = try #require(
                pfad.split(separator: "&").first { $0.contains("code=") }?.split(separator: "=").last)
            let neu = try browser.anbieter.stimmeZu(zwei.ort).split(separator: "&").map {
                $0.hasPrefix("code=") ? "code=\(alt)" : String($0)
            }.joined(separator: "&")
            verweigert(try await browser.zurueck(neu, cookie: zwei.cookie), "nicht gültig")
            let spaet = try await browser.hin()
            let dann = try browser.anbieter.stimmeZu(spaet.ort)
            uhr.vor(601)
            verweigert(try await browser.zurueck(dann, cookie: spaet.cookie), "zu lange gedauert")
            // Marks of what is over go after an hour.
            uhr.vor(3_600)
            #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
            #expect(try await database.read { db in try db.value("SELECT count(*) FROM fremdanmeldung") ?? 0 } == 1)
        }
    }

    @Test(arguments: [
        "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "evil.example",
        "/\t/evil.example", "/ä", "/anmelden/extern", "", "/" + String(repeating: "x", count: 1_001),
    ])
    func `afterwards nobody is sent to another site`(_ ziel: String) async throws {
        try await Fremdbrowser.run { (browser, _) async throws in
            #expect(try await browser.anmelden(ziel).headers[.location] == "/")
        }
    }

    @Test func `a forged cookie leads nowhere else`() {
        let vorgang = Fremdvorgang(ziel: "/x", am: Welt.jetzt)
        let fremd = Base64URL.encode(Array("//evil.example".utf8))
        let teile = vorgang.cookie.split(separator: ".")
        #expect(Fremdvorgang(cookie: "\(teile[0]).\(teile[1]).\(fremd)")?.ziel == "/")
        for cookie in ["", "a.b", "a.b.c.d", "\(teile[0]).x.\(teile[2])", String(repeating: "x", count: 5_000)] {
            #expect(Fremdvorgang(cookie: cookie) == nil)
        }
    }

    @Test func `a new key of the provider is fetched once, and invented ones do not make it fetch`() async throws {
        let uhr = Uhr()
        try await Fremdbrowser.run(uhr: uhr) { (browser, _) async throws in
            #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
            #expect(browser.anbieter.anfragen("/keys") == 1)
            browser.anbieter.drehe()
            // Right after a look there is no second one.
            #expect(try await browser.anmelden().status == .forbidden)
            #expect(browser.anbieter.anfragen("/keys") == 1)
            uhr.vor(31)
            #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
            #expect(browser.anbieter.anfragen("/keys") == 2)
            browser.anbieter.stelle { $0.stoerung = .unbekannterSchluessel }
            for _ in 0..<5 { #expect(try await browser.anmelden().status == .forbidden) }
            #expect(browser.anbieter.anfragen("/keys") == 2)
            // A provider that is down for a while does not keep anybody out whose key is known.
            browser.anbieter.stelle { $0.stoerung = .schluesselKaputt }
            uhr.vor(4_000)
            #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
        }
    }

    @Test func `a public client and one that sends its secret in the form are understood`() async throws {
        for (geheimnis, ausweise) in [(nil, ["none"]), ("s", ["client_secret_post"])] as [(String?, [String])] {
            try await Fremdbrowser.run(stelle: { ($0.geheimnis, $0.ausweise) = (geheimnis, ausweise) }) {
                (browser, _) async throws in
                #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
            }
        }
        try await Fremdbrowser.run(stelle: { $0.ausweise = ["private_key_jwt"] }) { (browser, _) async throws in
            let antwort = try await browser.anmelden()
            #expect(antwort.status == .serviceUnavailable && antwort.text.contains("nicht richtig eingerichtet"))
        }
    }

    @Test func `claims that the token leaves out are asked for`() async throws {
        try await Fremdbrowser.run(stelle: {
            $0.ansprueche = ["sub": "subjekt-1"]
            $0.auskunft = ["email": "Probe@Duelmen.example", "gruppen": "ozg-koordination"]
        }) { (browser, database) async throws in
            #expect(Fremdbrowser.istAngemeldet(try await browser.anmelden()))
            #expect(browser.anbieter.anfragen("/userinfo") == 1)
            #expect(try await Fremdbrowser.rollen(in: database) == ["ozg_ansprechperson"])
        }
    }

    @Test func `without a provider there is neither a button nor a way`() async throws {
        try await TestSite(await Welt.leer(.sqliteMemory)).run { (client) async throws in
            #expect(try await !client.get("/anmelden").text.contains("/anmelden/extern"))
            for path in ["/anmelden/extern", "/anmelden/extern/rueckruf?code=x&state=y"] {
                #expect(try await client.get(path).status == .notFound)
            }
        }
    }

    @Test func `the log says why, and holds nothing that could be used or that names a person`() async throws {
        let database = try await Welt.beispiel(.sqliteFile)
        let zeilen = Mitschrift()
        var logger = Logger(label: "mitschrift", factory: { _ in zeilen })
        logger.logLevel = .trace
        let log = logger
        try await Testanbieter.run { anbieter in
            let site = try TestSite(database, adresse: Testanbieter.adresse, anbieter: anbieter.angaben())
            try await site.run(log: log) { client in
                let browser = Fremdbrowser(client: client, anbieter: anbieter)
                let hinweg = try await browser.hin()
                let pfad = try anbieter.stimmeZu(hinweg.ort)
                let gut = try await browser.zurueck(pfad, cookie: hinweg.cookie)
                #expect(Fremdbrowser.istAngemeldet(gut))
                _ = try await browser.zurueck(pfad, cookie: hinweg.cookie)
                anbieter.stelle { $0.stoerung = .fremderSchluessel }
                _ = try await browser.anmelden()
                let text = zeilen.text
                #expect(text.contains("wiederholt") && text.contains("signatur"))
                let code = pfad.split(separator: "&").first { $0.contains("code=") }?.split(separator: "=").last ?? "?"
                let token = Fremdbrowser.cookie("leitstand_sitzung", gut) ?? "?"
                let vorgang = try #require(Fremdvorgang(cookie: hinweg.cookie))
                for geheim in [
                    String(code), token, hinweg.cookie, vorgang.nachweis, vorgang.nonce, vorgang.zustand, "g:eheim",
                    "g%3Aeheim",
                    "probe", "Probe", "subjekt-1", "zugriff-", "eyJ",
                ] { #expect(!text.contains(geheim), "\(geheim)") }
            }
        }
    }
}

/// Keeps every line of a log.
struct Mitschrift: LogHandler {
    private final class Zeilen: Sendable { let text = Mutex("") }
    private let zeilen = Zeilen()
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    var text: String { zeilen.text.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        zeilen.text.withLock { $0 += "\(event.level) \(event.message) \(all)\n" }
    }
}
