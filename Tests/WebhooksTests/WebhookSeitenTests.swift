import Foundation
import HTTPTypes
import Jobs
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Webhooks

/// What people can do with webhooks in the browser, and what they are told.
@Suite struct WebhookSeitenTests {
    private static let abruf = Abruf(aufloesen: { host in
        switch host {
        case "weg.example": []
        case "innen.example", "localhost": ["127.0.0.1"]
        case "2130706433", "0x7f000001": ["127.0.0.1"]
        default: ["9.9.9.9"]
        }
    })

    @Test(
        arguments: [
            ("", "vollständige Adresse"), ("programm.example", "vollständige Adresse"),
            ("http://programm.example/", "https://"), ("https://nutzer:wort@programm.example/", "vollständige Adresse"),
            ("https://weg.example/", "findet der Server nicht"), ("https://innen.example/", "inneren Netz"),
            ("https://localhost/", "inneren Netz"), ("https://2130706433/", "inneren Netz"),
            ("https://0x7f000001/", "inneren Netz"), ("https://programm.example:0/", "vollständige Adresse"),
            ("https://programm.example/\r\nX-Boese: 1", "vollständige Adresse"),
            ("https://programm.example/#x", "vollständige Adresse"), ("javascript:alert(1)", "vollständige Adresse"),
            ("https://" + String(repeating: "a", count: 3_000), "vollständige Adresse"),
            ("https://\u{0}", ""),
        ])
    func `an address that will not do comes back with a sentence, and nothing typed is lost`(
        _ url: String, _ satz: String
    ) async throws {
        let welt = try await Webhookwelt(.sqliteMemory, abruf: Self.abruf)
        try await welt.site.run { client in
            let client = try await client.als(.koordination)
            let answer = try await client.post(
                Webhookwelt.basis + "/neu", [("name", "Mein Programm"), ("url", url), ("ereignisse", "dienst")])
            #expect(answer.status == (satz.isEmpty ? .badRequest : .unprocessableContent), "\(answer.status)")
            guard !satz.isEmpty else { return }
            #expect(answer.text.contains(satz) && answer.text.contains("value=\"Mein Programm\""))
            #expect(answer.text.contains("value=\"dienst\" checked"))
            #expect(try await welt.webhooks().isEmpty)
        }
    }

    @Test(arguments: TestBackend.available)
    func `a webhook is made, changed, paused and deleted, and the Verlauf tells of it`(
        on backend: TestBackend
    ) async throws {
        let welt = try await Webhookwelt(backend, abruf: Self.abruf)
        try await welt.site.run { client in
            let client = try await client.als(.koordination)
            let ort = "/organisationen/\(Rollenspiel.duelmen)"
            #expect(try await client.get(ort).text.contains("\(ort)/webhooks"))
            #expect(!(try await client.als(.leserecht).get(ort).text.contains("\(ort)/webhooks")))
            let (pfad, _) = try await welt.webhook(client, "https://programm.example/a?geheim=wort")
            #expect(try await client.get(Webhookwelt.basis).text.contains("https://programm.example:443"))
            for fields in [
                [("name", ""), ("url", "https://programm.example/"), ("ereignisse", "dienst")],
                [("name", "FACHVERFAHREN"), ("url", "https://programm.example/"), ("ereignisse", "dienst")],
                [("name", "x"), ("url", "https://programm.example/")],
                [("name", "x"), ("url", "https://programm.example/"), ("ereignisse", "alles")],
                [
                    ("name", String(repeating: "x", count: 101)), ("url", "https://a.example/"),
                    ("ereignisse", "dienst"),
                ],
            ] {
                let answer = try await client.post(Webhookwelt.basis + "/neu", fields)
                #expect(answer.status == .unprocessableContent && answer.text.contains("Bitte prüfen Sie"), "\(fields)")
            }
            let neu = [("name", "Umbenannt"), ("url", "https://anders.example/b"), ("ereignisse", "dienst")]
            #expect(try await client.post(pfad + "/bearbeiten", neu + [("version", "7")]).status == .conflict)
            #expect(try await client.post(pfad + "/bearbeiten", neu + [("version", "1")]).status == .seeOther)
            let webhook = try #require(try await welt.webhooks().first)
            #expect(webhook.name == "Umbenannt" && webhook.ereignisse == [.dienst])
            #expect(webhook.ziel == "https://anders.example:443")
            #expect(try await client.post(pfad + "/zustand", [("zustand", "kaputt")]).status == .unprocessableContent)
            #expect(try await client.post(pfad + "/zustand", [("zustand", "angehalten")]).status == .seeOther)
            let paused = try await client.get(pfad).text
            #expect(paused.contains("Jemand hat ihn angehalten. Änderungen aus dieser Zeit werden nicht nachgeholt."))
            #expect(try await client.post(pfad + "/zustand", [("zustand", "aktiv")]).status == .seeOther)
            #expect(try await client.post(pfad + "/sendungen/gibtesnicht").status == .notFound)
            #expect(try await client.post(pfad + "/loeschung", [("version", "1")]).status == .conflict)
            #expect(try await client.post(pfad + "/probe").status == .seeOther)
            let version = try #require(try await welt.webhooks().first).version
            #expect(try await client.post(pfad + "/loeschung", [("version", "\(version)")]).status == .seeOther)
            #expect(try await client.get(pfad).status == .notFound)
            #expect(try await welt.webhooks().isEmpty)
            // A job that was asked for finds nothing to do.
            try await welt.runner().leere()
            for art in [
                Verlauf.Art.webhookAngelegt, .webhookAngehalten, .webhookFortgesetzt, .webhookGeloescht,
            ] { #expect(try await welt.verlauf(art).count == 1, "\(art)") }
            let changed = try await welt.verlauf(.webhookGeaendert)
            #expect(Set(changed.map(\.feld)) == ["name", "url", "ereignisse"])
            let told = try await client.get(ort + "/verlauf").text
            #expect(told.contains("den Webhook „Umbenannt“ gelöscht") && !told.contains("geheim=wort"))
        }
    }

    @Test func `an Organisation has at most twenty, and a stranger's are not found`() async throws {
        let welt = try await Webhookwelt(.sqliteMemory, abruf: Self.abruf)
        try await welt.site.run { client in
            let client = try await client.als(.koordination)
            var pfad = ""
            for number in 0..<20 {
                pfad = try await welt.webhook(client, "https://programm.example/", name: "Nummer \(number)").pfad
            }
            let answer = try await client.post(
                Webhookwelt.basis + "/neu",
                [("name", "Zuviel"), ("url", "https://programm.example/"), ("ereignisse", "dienst")])
            #expect(answer.status == .unprocessableContent && answer.text.contains("schon 20 Webhooks"))
            #expect(!(try await client.get(Webhookwelt.basis).text.contains("webhooks/neu")))
            let id = pfad.split(separator: "/").last ?? ""
            let other = try await client.als(.nachbarschaft)
            let fremd = "/organisationen/\(Rollenspiel.hamm)/webhooks/\(id)"
            #expect(try await other.get(fremd).status == .notFound)
            for deed in ["probe", "geheimnis", "loeschung", "zustand", "bearbeiten", "sendungen/x"] {
                #expect(
                    try await other.post("\(fremd)/\(deed)", [("ereignisse", "dienst")]).status == .notFound, "\(deed)")
                #expect(try await other.post("\(pfad)/\(deed)").status == .forbidden, "\(deed)")
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `sendings go after thirty days, and who made a webhook is forgotten with the account`(
        on backend: TestBackend
    ) async throws {
        let welt = try await Webhookwelt(backend, abruf: Self.abruf)
        try await welt.site.run { client in
            let client = try await client.als(.koordination)
            let person = try #require(try await client.person())
            _ = try await welt.webhook(client, "https://programm.example/")
            try await welt.lauf()
            try await welt.aendere(3)
            try await welt.versiegele()
            let am = welt.uhr.jetzt
            try await welt.database.write { db in
                try Webhookverteilung.verteile(alles: true, am: am, in: db)
                let quelle = Webhookquelle()
                let betroffen = BetroffenePerson(id: person.id, email: person.email, name: nil)
                #expect(try quelle.auskunft(ueber: betroffen, am: am, in: db).first?.zeilen.count == 1)
                try quelle.loesche(betroffen, durch: .betrieb(am), in: db)
                #expect(try quelle.auskunft(ueber: betroffen, am: am, in: db).first?.zeilen.isEmpty == true)
                for (days, rest) in [(30, 1), (31, 0)] {
                    let lage = Loeschfrist.Lage(am: am.plus(sekunden: days * 86_400), tage: 30)
                    _ = try Webhookquelle.frist.raeume(lage, db)
                    let count: Int? = try db.value("SELECT count(*) FROM webhook_sendung")
                    #expect(count == rest, "\(days)")
                }
                let lines: Int? = try db.value("SELECT count(*) FROM webhook_sendung_zeile")
                #expect(lines == 0)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `webhooks of an authority that goes on in another wait there until somebody lets them go on`(
        on backend: TestBackend
    ) async throws {
        let welt = try await Webhookwelt(backend, abruf: Self.abruf)
        try await welt.site.run { client in
            _ = try await welt.webhook(try await client.als(.koordination), "https://programm.example/")
            let moved = try await welt.database.write { db in
                let nachfolge = Rechtsnachfolge(
                    von: (welt.duelmen, "alt"), nach: (welt.hamm, "neu"), ende: nil, probe: false,
                    durch: .betrieb(Welt.jetzt))
                return try (0..<2).map { _ in try WebhookNachfolge().uebertrage(nachfolge, in: db).first?.anzahl }
            }
            #expect(moved == [1, 0])
            let webhook = try #require(try await welt.webhooks().first)
            #expect(webhook.organisation == welt.hamm && webhook.zustand == .angehalten && webhook.grund == .nachfolge)
        }
    }

    @Test func `the operator's targets are read strictly`() throws {
        #expect(try Webhookziele.erlaubte(" https://esb.kreis.intern:8443 , http://10.0.0.1:80,").count == 2)
        #expect(try Webhookziele.erlaubte("").isEmpty)
        for text in ["esb.kreis.intern", "https://a.example/pfad", "https://a b", "*", "https://a@b.example"] {
            #expect(throws: Refusal.self, "\(text)") { try Webhookziele.erlaubte(text) }
        }
    }
}
