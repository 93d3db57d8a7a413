import App
import Jobs
import Kernel
import Post
import Storage
import TestKit
import Testing
import Web

@testable import Konten

/// Letters are jobs: asked for in the transaction that makes them necessary, written when they leave, sent at least once.
@Suite struct BriefversandTests {
    private static let personen = "/organisationen/\(Rollenspiel.duelmen)/personen"
    private static let neu = "kollegin@stadt.example"

    private static func lade(_ client: SiteClient, _ email: String = neu) async throws {
        let answer = try await client.post(personen, [("email", email), ("rolle", "redaktion")])
        #expect(answer.status == .seeOther)
    }

    private static func brief(_ database: any Database) async throws -> Briefvermerk {
        try #require(try await database.read { db in try BriefStore.briefe(anzahl: 1, in: db).first })
    }

    @Test(arguments: TestBackend.available)
    func `neither the queue nor the log holds an address, a link or a text`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        try await TestSite(database, post: post).run { client in
            let koordination = try await client.als(.koordination)
            try await Self.lade(koordination)
            _ = try await EinladungTests.sende(
                client, "/anmelden/vergessen", [("email", "koordination@leitstand.localhost")])
            _ = try await koordination.post(
                "/konto/email", [("email", "andere@stadt.example"), ("passwort", "geheim")])
            func stored() async throws -> String {
                try await database.read { db in
                    let jobs = try db.rows("SELECT daten, schluessel, meldung FROM job").map { row -> String in
                        let (daten, schluessel): (String, String?) = (try row["daten"], try row["schluessel"])
                        return daten + (schluessel ?? "") + ((try row["meldung"] as String?) ?? "")
                    }
                    let briefe = try db.rows("SELECT empfaenger, grund FROM brief").map { row -> String in
                        ((try row["empfaenger"] as String?) ?? "") + ((try row["grund"] as String?) ?? "")
                    }
                    return (jobs + briefe).joined(separator: "\n")
                }
            }
            let before = try await stored()
            #expect(post.briefe.isEmpty, "nobody waits for a mail server")
            try await client.site.arbeite()
            #expect(post.briefe.count == 4)
            let all = before + (try await stored())
            #expect(!all.contains("@") && !all.contains("/anmelden/") && !all.contains("Guten Tag"))
            for brief in post.briefe where brief.text.contains("/anmelden/") {
                let pfad = try EinladungTests.pfad(brief)
                #expect(!all.contains(try #require(pfad.split(separator: "/").last)))
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func
        `a worker that dies after the mail server took the letter sends it again under the same id, and both links work`(
            on backend: TestBackend
        ) async throws
    {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        let post = Postsammler(fehler: Postfehler(.zeit, "Keine Antwort."), erstNachher: true)
        try await TestSite(database, post: post, now: { uhr.jetzt }).run { client in
            let koordination = try await client.als(.koordination)
            try await Self.lade(koordination)
            try await client.site.arbeite()
            uhr.vor(60)
            post.scheitere(mit: nil)
            try await client.site.arbeite()
            #expect(post.briefe.count == 2)
            #expect(Set(post.briefe.map(\.kennung)).count == 1 && Set(post.briefe.map(\.am)).count == 1)
            let links = try post.briefe.map { try EinladungTests.pfad($0) }
            #expect(Set(links).count == 2)
            for link in links { #expect(try await client.als(.besuch).get(link).status == .ok) }
            let brief = try await Self.brief(database)
            #expect(brief.zustand == .verschickt && brief.versuche == 2 && brief.grund == nil)
            // Using one ends the other.
            let done = try await EinladungTests.sende(
                client, links[0], [("name", "Probe"), ("passwort", EinladungTests.gut)])
            #expect(done.status == .seeOther)
            #expect(try await client.als(.besuch).get(links[1]).status == .notFound)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a mail server that wants to be asked later is asked later, and the page says how it stands`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        let post = Postsammler(fehler: Postfehler(.empfaenger, "Der Mailserver nimmt nichts an (451)."))
        try await TestSite(database, post: post, now: { uhr.jetzt }).run { client in
            let koordination = try await client.als(.koordination)
            try await Self.lade(koordination)
            let id = try #require(try await database.read { db in try PersonStore.finde(email: Self.neu, in: db) }).id
            let seite = "\(Self.personen)/\(id.rawValue)"
            #expect(try await koordination.get(seite).text.contains("Die Einladung wird verschickt."))
            try await client.site.arbeite()
            #expect(try await koordination.get(seite).text.contains("(451)"))
            #expect(try await Self.brief(database).zustand == .wartet)
            // Another role does not end what no letter could carry yet.
            _ = try await koordination.post("\(seite)/rollen", [("rolle", "leserecht")])
            post.scheitere(mit: nil)
            try await client.site.arbeite()
            #expect(post.briefe.isEmpty, "not before the pause is over")
            uhr.vor(31)
            try await client.site.arbeite()
            #expect(post.briefe.map(\.an.text) == [Self.neu])
            let page = try await koordination.get(seite).text
            #expect(page.contains("Einladung verschickt am 22.11.2026") && !page.contains("(451)"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `a mailbox that does not exist is marked, gets only what is asked for, and is good again when it is confirmed`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let tot = Postfehler(
            .empfaenger, "Der Mailserver nimmt für diese Adresse nichts an (550).", istDauerhaft: true,
            adresseGiltNicht: true)
        let post = Postsammler(fehler: tot)
        try await TestSite(database, post: post).run { client in
            let administration = try await client.als(.administration)
            let koordination = try await client.als(.koordination)
            let adresse = "koordination@leitstand.localhost"
            _ = try await EinladungTests.sende(client, "/anmelden/vergessen", [("email", adresse)])
            try await client.site.arbeite()
            #expect(try await Self.brief(database).zustand == .gescheitert)
            #expect(try await koordination.get("/konto").text.contains("kommen zurück"))
            let id = try #require(try await koordination.person()?.id).rawValue
            #expect(try await administration.get("/betrieb/personen/\(id)").text.contains("kommen zurück"))
            post.scheitere(mit: nil)
            // What nobody asked for stays here, what she asks for goes out.
            _ = try await administration.post(Self.personen, [("email", adresse), ("rolle", "leserecht")])
            try await client.site.arbeite()
            #expect(post.briefe.isEmpty)
            #expect(try await Self.brief(database).zustand == .entfallen)
            _ = try await koordination.post("/konto/email", [("email", adresse), ("passwort", "geheim")])
            try await client.site.arbeite()
            #expect(post.briefe.map(\.betreff) == ["Bitte bestätigen Sie Ihre E-Mail-Adresse"])
            #expect(try await EinladungTests.sende(client, EinladungTests.pfad(post.briefe.last), []).status == .ok)
            let person = try await database.read { db in try PersonStore.finde(email: adresse, in: db) }
            #expect(person != nil && person?.markierung == nil)
            #expect(try await !koordination.get("/konto").text.contains("kommen zurück"))
        }
    }

    @Test(arguments: TestBackend.available)
    func `the old address is told of a change although the new one was confirmed first`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        let alt = "koordination@leitstand.localhost"
        let post = Postsammler(fehler: Postfehler(.empfaenger, "Später (451)."), nur: alt)
        try await TestSite(database, post: post, now: { uhr.jetzt }).run { client in
            let own = try await client.als(.koordination)
            _ = try await own.post("/konto/email", [("email", Self.neu), ("passwort", "geheim")])
            try await client.site.arbeite()
            #expect(try await EinladungTests.sende(client, EinladungTests.pfad(post.briefe.last), []).status == .ok)
            // The letter of another change does not keep it from hearing of this one.
            let am = uhr.jetzt
            try await database.write { db in
                let id = try #require(try PersonStore.finde(email: Self.neu, in: db)).id
                try BriefStore.stelle(
                    Kontobriefe.alteAdressen, Briefauftrag(an: id), an: Postadresse(Self.neu), am: am, in: db)
            }
            try await client.site.arbeite()
            post.scheitere(mit: nil)
            uhr.vor(60)
            try await client.site.arbeite()
            #expect(post.briefe.map(\.an.text) == [Self.neu, Self.neu, alt])
            let kept: String? = try await database.read { db in
                try db.value("SELECT email_vorher FROM person WHERE email = \(Self.neu)")
            }
            #expect(kept == nil)
        }
    }

    @Test(arguments: TestBackend.available)
    func `of two changes in a row, the first address hears as well`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        let uhr = Uhr()
        let (alt, dritte) = ("koordination@leitstand.localhost", "dritte@stadt.example")
        let post = Postsammler(fehler: Postfehler(.empfaenger, "Später (451)."), nur: alt)
        try await TestSite(database, post: post, now: { uhr.jetzt }).run { client in
            let own = try await client.als(.koordination)
            for next in [Self.neu, dritte] {
                _ = try await own.post("/konto/email", [("email", next), ("passwort", "geheim")])
                try await client.site.arbeite()
                let link = post.briefe.last { $0.an.text == next }
                #expect(try await EinladungTests.sende(client, EinladungTests.pfad(link), []).status == .ok)
            }
            #expect(try await database.read { db in try PersonStore.finde(email: dritte, in: db) } != nil)
            post.scheitere(mit: nil)
            uhr.vor(60)
            try await client.site.arbeite()
            #expect(post.briefe.map(\.an.text).filter { $0 == alt }.count == 1)
        }
    }

    @Test(arguments: TestBackend.available)
    func `an invited person whose mailbox was marked gets the link that she asks for`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler()
        try await TestSite(database, post: post).run { client in
            try await Self.lade(try await client.als(.koordination))
            try await client.site.arbeite()
            try await database.write { db in
                try db.execute(
                    "UPDATE person SET markiert_am = \(Welt.jetzt), markierung = 'weg' WHERE email = \(Self.neu)")
            }
            _ = try await EinladungTests.sende(client, "/anmelden/vergessen", [("email", Self.neu)])
            try await client.site.arbeite()
            #expect(post.briefe.map(\.an.text) == [Self.neu, Self.neu])
        }
    }

    @Test(arguments: TestBackend.available)
    func `a letter whose work broke off says so, also when its job is gone`(on backend: TestBackend) async throws {
        let database = try await Welt.beispiel(backend)
        try await TestSite(database, post: Postsammler()).run { client in
            let administration = try await client.als(.administration)
            try await Self.lade(try await client.als(.koordination))
            #expect(try await administration.get("/betrieb/post").text.contains("\"Zustand\">wird verschickt"))
            try await database.write { db in try db.execute("UPDATE job SET zustand = 'gescheitert'") }
            let failed = try await administration.get("/betrieb/post").text
            #expect(failed.contains("<span class=\"ls-marker\">gescheitert</span>") && failed.contains("Erneut senden"))
            try await database.write { db in try db.execute("DELETE FROM job") }
            let gone = try await administration.get("/betrieb/post").text
            #expect(gone.contains("\"Zustand\">abgebrochen") && !gone.contains("/erneut\""))
        }
    }

    @Test(arguments: TestBackend.available)
    func `the Administration reads the log, sends again what failed, and sees each kind of letter before it leaves`(
        on backend: TestBackend
    ) async throws {
        let database = try await Welt.beispiel(backend)
        let post = Postsammler(fehler: Postfehler(.abgelehnt, "Abgelehnt (554).", istDauerhaft: true))
        let site = try TestSite(database, post: post)
        try await site.run { client in
            let administration = try await client.als(.administration)
            try await Self.lade(try await client.als(.koordination))
            try await site.arbeite()
            let page = try await administration.get("/betrieb/post?zustand=gescheitert").text
            #expect(page.contains("Abgelehnt (554).") && page.contains("Erneut senden") && !page.contains(Self.neu))
            #expect(try await administration.get("/betrieb/post?zustand=unfug").status == .badRequest)
            #expect(try await administration.get("/betrieb/post?seite=9").status == .notFound)
            let id = try await Self.brief(database).id.rawValue
            post.scheitere(mit: nil)
            let again = try await administration.post("/betrieb/post/\(id)/erneut")
            #expect(again.headers[.location] == "/betrieb/post?ok=erneut")
            #expect(try await administration.post("/betrieb/post/\(id)/erneut").status == .conflict)
            #expect(try await administration.post("/betrieb/post/gibtesnicht/erneut").status == .notFound)
            try await site.arbeite()
            #expect(post.briefe.map(\.an.text) == [Self.neu])
            #expect(try await administration.post("/betrieb/post/\(id)/erneut").status == .conflict)

            let arten = Set(Leitstand.briefarten.map { $0.jobart.name })
            let gesendete = site.leitstand.arbeiten.map(\.art.name).filter { $0.hasPrefix(Briefart.vorsilbe) }
            #expect(
                Set(gesendete).union([Probebrief.art.jobart.name]) == arten,
                "every kind of letter that is sent has a preview, and no other")
            let list = try await administration.get("/betrieb/post/vorschau").text
            for art in Leitstand.briefarten {
                let path = "/betrieb/post/vorschau/\(art.name)"
                #expect(list.contains(path))
                let muster = art.muster()
                let text = try await administration.get(path)
                #expect(text.status == .ok && text.text.contains(muster.betreff), "\(art.name)")
                let html = try await administration.get(path + "/html")
                #expect(html.status == .ok && html.text.contains("<!DOCTYPE html>"))
                #expect(html.headers[.contentSecurityPolicy] == PostRoutes.policy)
                #expect(!html.text.contains("<img") && !html.text.contains("<script"))
            }
            #expect(try await administration.get("/betrieb/post/vorschau/unfug").status == .notFound)
        }
    }
}
