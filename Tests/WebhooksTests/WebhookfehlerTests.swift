import Foundation
import HTTPTypes
import Hummingbird
import Jobs
import Kernel
import Storage
import Synchronization
import TestKit
import Testing
import Web

@testable import Webhooks

/// What becomes of sendings that do not arrive.
@Suite struct WebhookfehlerTests {
    @Test(arguments: TestBackend.available)
    func `what fails is tried for a day and then waits for somebody`(on backend: TestBackend) async throws {
        let programm = Empfaenger()
        try await programm.run { basis in
            let welt = try await Webhookwelt(backend, erlaubt: [basis])
            try await welt.site.run { client in
                let client = try await client.als(.koordination)
                let (pfad, _) = try await welt.webhook(client, basis + "/hier")
                try await welt.lauf()
                programm.antworte(.internalServerError, [:], "Störung <b>\u{0}\u{1B}")
                try await welt.aendere()
                try await welt.lauf()
                let first = try #require(try await welt.sendungen().first)
                #expect(first.zustand == .wartet && first.status == 500 && first.antwort == "Störung <b>")
                #expect(first.faellig == welt.uhr.jetzt.plus(sekunden: 30))
                #expect(try await client.get(pfad).text.contains("Störung &lt;b&gt;"))
                let start = welt.uhr.jetzt
                // A new change does not wake a target that rests.
                try await welt.aendere()
                try await welt.lauf()
                #expect(programm.anfragen.count == 1)
                for _ in 0..<40 where try await welt.sendungen().contains(where: { $0.zustand == .wartet }) {
                    welt.uhr.vor(3_601)
                    try await welt.runner().leere()
                }
                let took = (welt.uhr.jetzt.rawValue - start.rawValue) / 3_600_000
                #expect((20...40).contains(took), "\(took) hours")
                let over = try await welt.sendungen()
                #expect(over.allSatisfy { $0.zustand == .gescheitert && $0.versuche == 10 })
                #expect(try await welt.webhooks().first?.fehler == 20)
                #expect(Set(programm.anfragen.map(\.id)).count == 2, "each attempt has the id of its sending")
                programm.antworte(.ok)
                // A session does not last so long.
                let again = try await client.als(.koordination)
                #expect(try await again.post("\(pfad)/sendungen/\(first.id.rawValue)").status == .seeOther)
                try await welt.runner().leere()
                #expect(try await welt.sendungen().first?.zustand == .angekommen)
                let webhook = try #require(try await welt.webhooks().first)
                #expect(webhook.fehler == 0 && webhook.erfolgAm == welt.uhr.jetzt && webhook.zustand == .aktiv)
                #expect(try await again.get(pfad).text.contains("Alle gescheiterten erneut senden"))
                #expect(try await again.post(pfad + "/sendungen").status == .seeOther)
                try await welt.runner().leere()
                #expect(try await welt.sendungen().allSatisfy { $0.zustand == .angekommen })
                #expect(!(try await again.get(pfad).text.contains("Alle gescheiterten")))
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `the target says when to come again, that it moved, or that it is gone`(on backend: TestBackend) async throws {
        let programm = Empfaenger()
        try await programm.run { basis in
            let welt = try await Webhookwelt(backend, erlaubt: [basis])
            try await welt.site.run { client in
                let (pfad, _) = try await welt.webhook(client.als(.koordination), basis + "/hier")
                try await welt.lauf()
                programm.antworte(.tooManyRequests, [.retryAfter: "900"])
                try await welt.aendere()
                try await welt.lauf()
                #expect(try await welt.sendungen().first?.faellig == welt.uhr.jetzt.plus(sekunden: 900))
                welt.uhr.vor(899)
                try await welt.runner().leere()
                #expect(programm.anfragen.count == 1)
                programm.antworte(.serviceUnavailable, [.retryAfter: "999999999"])
                welt.uhr.vor(2)
                try await welt.runner().leere()
                #expect(programm.anfragen.count == 2)
                #expect(try await welt.sendungen().first?.faellig == welt.uhr.jetzt.plus(sekunden: 86_400))
                programm.antworte(.temporaryRedirect, [.location: basis + "/hier"])
                welt.uhr.vor(86_401)
                try await welt.runner().leere()
                let moved = try #require(try await welt.sendungen().first)
                #expect(
                    programm.anfragen.count == 3 && moved.zustand == .wartet
                        && moved.fehler?.contains("leitet um") == true)
                programm.antworte(.gone)
                welt.uhr.vor(4_000)
                try await welt.runner().leere()
                let spaeter = try await client.als(.koordination)
                let webhook = try #require(try await welt.webhooks().first)
                #expect(webhook.zustand == .angehalten && webhook.grund == .abgemeldet)
                #expect(try await welt.sendungen().first?.zustand == .gescheitert)
                let zeile = try #require(try await welt.verlauf(.webhookAngehalten).first)
                #expect(zeile.person == nil && zeile.organisation == welt.duelmen && zeile.nach == "Fachverfahren")
                #expect(try await spaeter.get(pfad).text.contains("Das Ziel hat sich abgemeldet"))
                // Paused: nothing new is made, but a probe goes.
                try await welt.aendere()
                try await welt.lauf()
                #expect(try await welt.sendungen().count == 1)
                programm.antworte(.ok)
                #expect(try await spaeter.post(pfad + "/probe").status == .seeOther)
                #expect(try await spaeter.post(pfad + "/probe").status == .conflict, "one at a time")
                try await welt.runner().leere()
                #expect(programm.anfragen.last?.ereignisse.isEmpty == true)
                #expect(try await spaeter.post(pfad + "/zustand", [("zustand", "aktiv")]).status == .seeOther)
                try await welt.aendere()
                try await welt.lauf()
                #expect(programm.anfragen.last?.ereignisse.count == 1)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `five days without any success pause a webhook`(on backend: TestBackend) async throws {
        let programm = Empfaenger()
        try await programm.run { basis in
            let welt = try await Webhookwelt(backend, erlaubt: [basis])
            try await welt.site.run { client in
                _ = try await welt.webhook(try await client.als(.koordination), basis + "/hier")
                try await welt.lauf()
                programm.antworte(.badGateway)
                for day in 0..<5 {
                    #expect(try await welt.webhooks().first?.zustand == .aktiv, "day \(day)")
                    try await welt.aendere()
                    try await welt.lauf()
                    welt.uhr.vor(86_400)
                    try await welt.runner().leere()
                }
                let webhook = try #require(try await welt.webhooks().first)
                #expect(webhook.zustand == .angehalten && webhook.grund == .fehler)
                #expect(try await welt.verlauf(.webhookAngehalten).count == 1)
            }
        }
    }
}
