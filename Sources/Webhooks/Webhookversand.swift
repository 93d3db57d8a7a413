package import Jobs
package import Kernel
package import Storage
import Web

/// Sends what is due, and notes how it went.
package struct Webhookversand: Sendable {
    let database: any Database
    let ziele: Webhookziele
    /// The public address of the installation.
    let adresse: String?
    let now: @Sendable () -> Instant

    package init(
        database: any Database, ziele: Webhookziele, adresse: String?, now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.ziele, self.adresse, self.now) = (database, ziele, adresse, now)
    }

    /// What this room does in the background.
    package var arbeiten: [Jobarbeit] {
        Webhookverteilung.arbeiten(now: now) + [
            .aussen(.webhooksSenden) { job, _ in
                let ziel = try job.lies(Webhookspur.self).ziel
                let (database, now) = (database, now)
                let am = now()
                guard let auftrag = try await database.read({ db in try Auftrag(ziel, am: am, self, in: db) }) else {
                    return .init { db in try Webhookverteilung.stelle(ziel, am: now(), in: db) }
                }
                let ergebnis = try await sende(auftrag)
                return .init { db in
                    try halteFest(ergebnis, auftrag, am: now(), in: db)
                    try Webhookverteilung.stelle(ziel, am: now(), in: db)
                }
            }
        ]
    }

    /// All that one attempt needs, read in one snapshot.
    struct Auftrag: Sendable {
        let webhook: Webhook
        let sendung: Webhooksendung
        let inhalt: [UInt8]
        let geheimnisse: [String]

        init?(_ ziel: String, am: Instant, _ versand: Webhookversand, in db: any SQLConnection) throws {
            guard let (webhook, sendung) = try WebhooksendungStore.naechste(ziel, am: am, in: db) else { return nil }
            (self.webhook, self.sendung) = (webhook, sendung)
            let zeilen = try WebhooksendungStore.zeilen(sendung.id, in: db)
            var dienste: [String: String] = [:]
            let ids = Set(zeilen.compactMap(\.dienst)).sorted()
            for row in try db.rows("SELECT id, slug FROM onlinedienst_sicht WHERE id IN (\(ids))") {
                dienste[try row["id"]] = try row["slug"]
            }
            inhalt =
                Webhookinhalt(
                    sendung: sendung, organisation: webhook.organisation, zeilen: zeilen, dienste: dienste,
                    adresse: versand.adresse
                ).json
            geheimnisse = try WebhookStore.geheimnisse(webhook.id, am: am, in: db)
        }
    }

    /// What came of an attempt.
    struct Ergebnis: Sendable {
        var status: Int?
        var fehler: String?
        var dauer = 0
        var antwort: String?
        /// Seconds that the target wants to be left alone.
        var spaeter: Int?

        var gelang: Bool { status.map { (200..<300).contains($0) } ?? false }
    }

    private func sende(_ auftrag: Auftrag) async throws -> Ergebnis {
        let start = ContinuousClock.now
        let (id, sekunden) = (auftrag.sendung.id.rawValue, now().rawValue / 1_000)
        let signatur = Webhooksignatur.kopf(
            auftrag.inhalt, id: id, sekunden: sekunden, geheimnisse: auftrag.geheimnisse)
        let anfrage = Abruf.Anfrage(
            auftrag.webhook.url,
            kopf: [
                ("Content-Type", "application/json"), ("Webhook-Id", id), ("Webhook-Timestamp", "\(sekunden)"),
                ("Webhook-Signature", signatur),
            ], inhalt: auftrag.inhalt)
        var ergebnis = Ergebnis()
        do {
            let antwort = try await ziele.abruf.hole(anfrage, ziele.regel)
            ergebnis.status = antwort.status
            ergebnis.antwort = Self.anfang(antwort.bytes)
            if [429, 503].contains(antwort.status) { ergebnis.spaeter = antwort.spaeter.map { min($0, 86_400) } }
        } catch Abruffehler.ausgelastet {
            // The fault is here and not at the target: it is no attempt.
            throw Jobfehler(ziele.satz(.ausgelastet), pause: 30)
        } catch let error as Abruffehler { ergebnis.fehler = ziele.satz(error) }
        ergebnis.dauer = (ContinuousClock.now - start).millisekunden
        return ergebnis
    }

    /// The beginning of an answer as text, at most 500 bytes; nil for one that is empty.
    static func anfang(_ bytes: [UInt8]) -> String? {
        var text = String(decoding: bytes.prefix(500), as: UTF8.self)
        text.unicodeScalars.removeAll { $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t" }
        // A character that was cut in the middle would be longer than what it replaces.
        while text.utf8.count > 500 { text.removeLast() }
        return text.isEmpty ? nil : text
    }

    /// Writes the outcome down and decides what follows from it.
    private func halteFest(
        _ ergebnis: Ergebnis, _ auftrag: Auftrag, am: Instant, in db: any SQLConnection
    ) throws {
        let (alt, versuche) = (auftrag.sendung, auftrag.sendung.versuche + 1)
        let pause =
            alt.art == .probe ? nil : Webhooksendung.pause(nach: versuche).map { max($0, ergebnis.spaeter ?? 0) }
        let istWeg = ergebnis.status == 410
        let zustand: Webhooksendung.Zustand =
            ergebnis.gelang ? .angekommen : pause == nil || istWeg ? .gescheitert : .wartet
        let count = try db.execute(
            """
            UPDATE webhook_sendung SET zustand = \(zustand), versuche = \(versuche), versuch_am = \(am),
                   faellig = \(am.plus(sekunden: pause ?? 0)), von_hand = FALSE, status = \(ergebnis.status),
                   dauer = \(ergebnis.dauer), fehler = \(ergebnis.fehler), antwort = \(ergebnis.antwort)
            WHERE id = \(alt.id)
            """)
        // Deleted while it was under way.
        guard count == 1,
            let webhook = try WebhookStore.find(
                auftrag.webhook.id.rawValue, organisation: auftrag.webhook.organisation, in: db)
        else { return }
        if ergebnis.gelang {
            try db.execute(
                """
                UPDATE webhook SET versuch_am = \(am), erfolg_am = \(am), fehler = 0, fehler_seit = NULL,
                       ruht_bis = NULL
                WHERE id = \(webhook.id)
                """)
            return
        }
        if istWeg { try WebhookStore.halteAn(webhook, .abgemeldet, durch: .betrieb(am), in: db) }
        guard alt.art != .probe else { return }
        let ruhe = max(min(30 << min(webhook.fehler, 7), 3_600), ergebnis.spaeter ?? 0)
        let seit = webhook.fehlerSeit ?? am
        try db.execute(
            """
            UPDATE webhook SET versuch_am = \(am), fehler = \(webhook.fehler + 1), fehler_seit = \(seit),
                   ruht_bis = \(am.plus(sekunden: ruhe))
            WHERE id = \(webhook.id)
            """)
        if am >= seit.plus(sekunden: Webhook.geduld * 86_400) {
            try WebhookStore.halteAn(webhook, .fehler, durch: .betrieb(am), in: db)
        }
    }
}
