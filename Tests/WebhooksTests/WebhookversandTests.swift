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

/// What is sent, when, how often, and to whom.
@Suite struct WebhookversandTests {
    @Test(arguments: TestBackend.available)
    func `a change arrives once, signed, with its values and without persons`(on backend: TestBackend) async throws {
        let programm = Empfaenger()
        try await programm.run { basis in
            let welt = try await Webhookwelt(backend, erlaubt: [basis])
            try await welt.aendere()
            welt.uhr.vor(1)
            try await welt.site.run { client in
                let client = try await client.als(.koordination)
                let (pfad, geheimnis) = try await welt.webhook(client, basis + "/hier")
                try await welt.lauf()
                #expect(programm.anfragen.isEmpty, "what happened before is not told")
                try await welt.aendere(
                    1,
                    [
                        Verlauf(
                            .eintragGeaendert, organisation: welt.duelmen, eintrag: "eintrag0", feld: "notiz",
                            von: "Frau Sowieso", nach: "ist krank"),
                        Verlauf(
                            .angabeGeaendert, organisation: welt.duelmen, eintrag: "a", feld: "ansprechpartner.name",
                            von: "Frau Sowieso", nach: nil),
                        Verlauf(
                            .eintragGeaendert, organisation: welt.duelmen, eintrag: "eintrag0", feld: "titel",
                            von: "hmac-sha256:" + String(repeating: "a", count: 64), nach: nil),
                        Verlauf(.rolleGegeben, organisation: welt.duelmen, von: "0personenkennung", nach: "leserecht"),
                        Verlauf(.eintragGeaendert, organisation: welt.hamm, eintrag: "fremd", feld: "titel", nach: "x"),
                    ])
                try await welt.lauf()
                try await welt.lauf()
                let one = try #require(programm.anfragen.first)
                #expect(programm.anfragen.count == 1 && one.ereignisse.count == 4)
                #expect(one.stammt(von: geheimnis) && one.art == "application/json")
                let text = String(decoding: one.bytes, as: UTF8.self)
                for word in ["Sowieso", "krank", "0personenkennung", "leserecht", "hmac", "fremd"] {
                    #expect(!text.contains(word), "\(word)")
                }
                let stand = try #require(one.ereignisse.first)
                #expect(stand["art"] == "eintrag_geaendert" && stand["wer"] == "person" && stand["feld"] == "stand")
                #expect(stand["von"] == "offen" && stand["nach"] == "geplant")
                #expect(
                    stand["adresse"] == "https://leitstand.example/api/v1/umsetzung/\(welt.duelmen)/eintrag0")
                let sendung = try #require(try await welt.sendungen().first)
                #expect(sendung.zustand == .angekommen && sendung.status == 204 && sendung.id.rawValue == one.id)
                // Sent again by hand: the same id, the same content, signed anew.
                welt.uhr.vor(3_600)
                let answer = try await client.post("\(pfad)/sendungen/\(one.id)")
                #expect(answer.status == .seeOther)
                try await welt.runner().leere()
                let again = try #require(programm.anfragen.last)
                #expect(programm.anfragen.count == 2 && again.id == one.id && again.bytes == one.bytes)
                #expect(again.zeit != one.zeit && again.stammt(von: geheimnis))
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `many workers and one that fails in between make each sending once`(on backend: TestBackend) async throws {
        let programm = Empfaenger()
        try await programm.run { basis in
            let welt = try await Webhookwelt(backend, erlaubt: [basis])
            try await welt.site.run { client in
                let client = try await client.als(.koordination)
                _ = try await welt.webhook(client, basis + "/hier")
                _ = try await welt.webhook(client, basis + "/hier", name: "Zweites")
                try await welt.lauf()
                try await welt.aendere(500)
                try await welt.versiegele()
                let am = welt.uhr.jetzt
                let absturz = welt.runner([
                    .datenbank(.webhooksVerteilen) { _, db in
                        try Webhookverteilung.verteile(alles: false, am: am, in: db)
                        throw Jobfehler("Absturz.")
                    }
                ])
                try await absturz.leere()
                #expect(try await welt.sendungen().isEmpty, "nothing of it is kept")
                welt.uhr.vor(60)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<5 {
                        group.addTask {
                            try await welt.versiegele()
                            try await welt.runner().leere()
                        }
                    }
                    try await group.waitForAll()
                }
                try await welt.lauf()
                #expect(programm.anfragen.count == 10, "500 changes are five requests for each")
                #expect(Set(programm.anfragen.map(\.id)).count == 10)
                let told = programm.anfragen.flatMap { $0.ereignisse.compactMap { $0["id"] ?? nil } }
                #expect(told.count == 1_000 && Set(told).count == 500)
                #expect(try await welt.sendungen().allSatisfy { $0.zustand == .angekommen && $0.versuche == 1 })
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a renewed secret signs beside the one before it for a day`(on backend: TestBackend) async throws {
        let programm = Empfaenger()
        try await programm.run { basis in
            let welt = try await Webhookwelt(backend, erlaubt: [basis])
            try await welt.site.run { client in
                let client = try await client.als(.koordination)
                let (pfad, alt) = try await welt.webhook(client, basis + "/hier")
                func erneuere() async throws -> String {
                    let version = try #require(try await welt.webhooks().first).version
                    let text = try await client.post(pfad + "/geheimnis", [("version", "\(version)")]).text
                    // Loaded again, the page renews nothing.
                    let again = try await client.post(pfad + "/geheimnis", [("version", "\(version)")])
                    #expect(again.status == .conflict && !again.text.contains("whsec_"))
                    welt.uhr.vor(1)
                    return String(try #require(text.firstMatch(of: #/id="geheimnis">(whsec_[^<]+)</#)).1)
                }
                let neu = try await erneuere()
                #expect(neu != alt)
                #expect(try await client.post(pfad + "/probe").status == .seeOther)
                try await welt.runner().leere()
                let both = try #require(programm.anfragen.last)
                #expect(both.signaturen.count == 2 && both.stammt(von: alt) && both.stammt(von: neu))
                let dritt = try await erneuere()
                #expect(try await client.post(pfad + "/probe").status == .seeOther)
                try await welt.runner().leere()
                let later = try #require(programm.anfragen.last)
                #expect(later.signaturen.count == 3 && later.stammt(von: alt) && later.stammt(von: dritt))
                let viert = try await erneuere()
                #expect(try await client.post(pfad + "/probe").status == .seeOther)
                try await welt.runner().leere()
                let last = try #require(programm.anfragen.last)
                #expect(last.signaturen.count == 3 && !last.stammt(von: alt))
                #expect(last.stammt(von: neu) && last.stammt(von: viert))
                welt.uhr.vor(86_400)
                let morgen = try await client.als(.koordination)
                #expect(try await morgen.post(pfad + "/probe").status == .seeOther)
                try await welt.runner().leere()
                #expect(programm.anfragen.last?.signaturen.count == 1)
                // A page never shows one again, and neither does the Verlauf.
                for path in [
                    pfad, pfad + "/bearbeiten", Webhookwelt.basis, "/organisationen/\(Rollenspiel.duelmen)/verlauf",
                ] {
                    #expect(!(try await morgen.get(path).text.contains("whsec_")), "\(path)")
                }
                let told = try await welt.database.read { db in
                    try db.rows("SELECT COALESCE(von, '') || COALESCE(nach, '') AS wert FROM verlauf")
                        .map { try $0["wert"] as String }
                }
                #expect(!told.contains { $0.contains("whsec_") || $0.contains("/hier") })
                #expect(try await welt.verlauf(.webhookGeheimnisErneuert).count == 3)
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a target that does not answer holds nobody else up`(on backend: TestBackend) async throws {
        let (langsam, schnell) = (Empfaenger(), Empfaenger())
        langsam.halteHin(true)
        try await langsam.run { eins in
            try await schnell.run { zwei in
                // So long that the slow one is asked once however busy this machine is.
                let welt = try await Webhookwelt(backend, erlaubt: [eins, zwei], frist: .seconds(600))
                try await welt.site.run { client in
                    let client = try await client.als(.koordination)
                    _ = try await welt.webhook(client, eins + "/hier")
                    _ = try await welt.webhook(client, eins + "/hier", name: "Zweites dort")
                    _ = try await welt.webhook(client, zwei + "/hier", name: "Schnell")
                    try await welt.lauf()
                    try await welt.aendere(1_000)
                    try await welt.versiegele()
                    let runner = welt.runner(plaetze: 2)
                    let work = Task { await runner.lauf() }
                    for _ in 0..<6_000 where schnell.anfragen.count < 10 {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                    #expect(schnell.anfragen.count == 10)
                    #expect(langsam.anfragen.count == 1, "one at a time, whichever webhook it is")
                    runner.halte()
                    await work.value
                    langsam.halteHin(false)
                    // What was under way is sent again, with its id.
                    try await welt.runner().leere()
                    #expect(Set(langsam.anfragen.map(\.id)).count == 20 && langsam.anfragen.count == 21)
                }
            }
        }
    }

    @Test(arguments: TestBackend.available)
    func `a service tells its provider, not those who name it in a list`(on backend: TestBackend) async throws {
        let programm = Empfaenger()
        try await programm.run { basis in
            let welt = try await Webhookwelt(backend, erlaubt: [basis])
            let slug: String = try await welt.database.read { db in
                try db.value("SELECT slug FROM onlinedienst_sicht WHERE anbieter = \(welt.hamm) ORDER BY slug LIMIT 1")
                    ?? ""
            }
            let dienst: String = try await welt.database.read { db in
                try db.value("SELECT id FROM onlinedienst_sicht WHERE slug = \(slug)") ?? ""
            }
            try await welt.site.run { client in
                let client = try await client.als(.nachbarschaft)
                _ = try await welt.webhook(
                    client, basis + "/hier", basis: "/organisationen/\(Rollenspiel.hamm)/webhooks",
                    ereignisse: ["dienst", "umsetzung"])
                try await welt.lauf()
                try await welt.aendere(
                    0,
                    [
                        // Another town takes the service over: that is its own affair.
                        Verlauf(
                            .uebernahme, organisation: welt.duelmen, eintrag: "e", dienst: dienst, feld: "prioritaet",
                            nach: "hoch"),
                        Verlauf(
                            .dienstGeaendert, organisation: welt.hamm, dienst: dienst, feld: "url", nach: "https://x"),
                        Verlauf(
                            .dienstGeaendert, organisation: welt.duelmen, dienst: "weg", feld: "anbieter",
                            von: welt.hamm, nach: welt.duelmen),
                        Verlauf(.organisationGeaendert, organisation: welt.hamm, feld: "name", von: "a", nach: "b"),
                    ])
                try await welt.lauf()
                let told = try #require(programm.anfragen.first?.ereignisse)
                #expect(programm.anfragen.count == 1 && told.map { $0["dienst"] ?? nil } == [dienst, "weg"])
                #expect(told.first?["adresse"] == "https://leitstand.example/api/v1/dienste/\(slug)")
            }
        }
    }

    @Test func `where this server has no room for a request, the target is not to blame`() async throws {
        let ziel = "http://127.0.0.1:9"
        let welt = try await Webhookwelt(.sqliteMemory, erlaubt: [ziel], abruf: Abruf(plaetze: 0))
        let angaben = Webhookangaben(name: "x", url: ziel + "/", ziel: ziel, ereignisse: [.umsetzung])
        let (am, duelmen) = (welt.uhr.jetzt, welt.duelmen)
        _ = try await welt.database.write { db in
            try WebhookStore.insert(angaben, organisation: duelmen, durch: .betrieb(am), in: db)
        }
        try await welt.lauf()
        try await welt.aendere()
        try await welt.lauf()
        let sendung = try #require(try await welt.sendungen().first)
        #expect(sendung.zustand == .wartet && sendung.versuche == 0)
        #expect(try await welt.webhooks().first?.fehler == 0)
    }

    @Test func `a name that turns inward after it was entered is not followed there`() async throws {
        let programm = Empfaenger()
        try await programm.run { basis in
            let port = basis.split(separator: ":").last ?? ""
            let inner = Mutex(false)
            let welt = try await Webhookwelt(
                .sqliteMemory, abruf: Abruf(aufloesen: { _ in inner.withLock { $0 } ? ["127.0.0.1"] : ["9.9.9.9"] }))
            try await welt.site.run { client in
                let client = try await client.als(.koordination)
                let (pfad, _) = try await welt.webhook(client, "https://wechselt.example:\(port)/hier")
                inner.withLock { $0 = true }
                #expect(try await client.post(pfad + "/probe").status == .seeOther)
                try await welt.runner().leere()
                let sendung = try #require(try await welt.sendungen().first)
                #expect(sendung.zustand == .gescheitert && sendung.fehler?.contains("inneren Netz") == true)
                #expect(programm.anfragen.isEmpty)
            }
        }
    }
}
