package import Jobs
import Kernel
import Storage

extension Jobart {
    /// Makes sendings of what was sealed.
    package static let webhooksVerteilen = Jobart(
        "webhooks.verteilen", "Änderungen an Webhooks verteilen", .datenbank, spurlos: true)
    /// The same over all chains, and asks for what waits and nobody asks for any more.
    static let webhooksNachlesen = Jobart("webhooks.nachlesen", "Webhooks nachlesen", .datenbank, rang: .nebenbei)
    /// Asks for a target again at the moment at which something is due there.
    static let webhooksWecken = Jobart("webhooks.wecken", "Webhook erneut versuchen", .datenbank, spurlos: true)
    /// Sends what is due at one target, one after the other: a slow one takes one place and no more.
    static let webhooksSenden = Jobart(
        "webhooks.senden", "An einen Webhook senden", .aussen, rang: .nebenbei, spurlos: true)
}

/// Which target a job is about.
struct Webhookspur: Codable, Sendable {
    let ziel: String
}

/// Turns lines of the Verlauf into sendings: each line once for each webhook that wants it.
enum Webhookverteilung {
    static let leser = Verlaufsleser("webhooks")
    /// Lines of one transaction.
    static let stueck = 2_000

    static func arbeiten(now: @escaping @Sendable () -> Instant) -> [Jobarbeit] {
        [
            .datenbank(.webhooksVerteilen) { _, db in try verteile(alles: false, am: now(), in: db) },
            .datenbank(.webhooksNachlesen, plan: .alle(sekunden: 3_600)) { _, db in
                try verteile(alles: true, am: now(), in: db)
                try WebhookStore.vergissAlteGeheimnisse(am: now(), in: db)
                for ziel in try WebhooksendungStore.wartendeZiele(in: db) { try stelle(ziel, am: now(), in: db) }
            },
            .datenbank(.webhooksWecken) { job, db in
                try stelle(job.lies(Webhookspur.self).ziel, am: now(), in: db)
            },
        ]
    }

    /// Asks for a target now, or when the next sending there is due.
    static func stelle(_ ziel: String, am: Instant, in db: any SQLConnection) throws {
        guard let faellig = try WebhooksendungStore.naechsterZeitpunkt(ziel, in: db) else { return }
        if faellig <= am {
            try JobStore.stelle(.webhooksSenden, Webhookspur(ziel: ziel), schluessel: ziel, am: am, in: db)
        } else {
            try JobStore.stelle(
                .webhooksWecken, Webhookspur(ziel: ziel), schluessel: "\(faellig.rawValue) \(ziel)", faellig: faellig,
                am: am, in: db)
        }
    }

    static func verteile(alles: Bool, am: Instant, in db: any SQLConnection) throws {
        let zeilen = try leser.naechste(hoechstens: stueck, alles: alles, in: db)
        if zeilen.count == stueck {
            try JobStore.stelle(
                alles ? .webhooksNachlesen : .webhooksVerteilen, KeineAngaben(), schluessel: planschluessel, am: am,
                in: db)
        }
        let empfaenger = try Empfaenger(zeilen, in: db)
        let webhooks = try WebhookStore.aktive(empfaenger.organisationen, in: db)
        guard !webhooks.isEmpty else { return }
        var ziele: Set<String> = []
        for webhook in webhooks {
            let mine = empfaenger.zeilen(webhook.organisation).filter { zeile in
                // What was written before and sealed later is none of its business.
                zeile.am >= webhook.angelegtAm
                    && Webhookereignis(art: zeile.art).map(webhook.ereignisse.contains) == true
            }
            for start in stride(from: 0, to: mine.count, by: Webhooksendung.hoechstens) {
                let part = mine[start..<min(start + Webhooksendung.hoechstens, mine.count)]
                try WebhooksendungStore.insert(webhook.id, zeilen: part.map(\.id), am: am, in: db)
                ziele.insert(webhook.ziel)
            }
        }
        for ziel in ziele.sorted() { try stelle(ziel, am: am, in: db) }
    }

    /// Whom a line concerns: the Organisation at which it happened; for a service its provider as well, and for a
    /// service that changed its provider the one before.
    private struct Empfaenger {
        private var nachOrganisation: [String: [Verlaufszeile]] = [:]

        init(_ zeilen: [Verlaufszeile], in db: any SQLConnection) throws {
            let erzaehlte = zeilen.filter { Webhookereignis(art: $0.art) != nil }
            let dienste = Set(erzaehlte.filter { $0.eintrag == nil }.compactMap(\.dienst)).sorted()
            var anbieter: [String: String] = [:]
            for row in try db.rows("SELECT id, anbieter FROM onlinedienst_sicht WHERE id IN (\(dienste))") {
                anbieter[try row["id"]] = try row["anbieter"]
            }
            for zeile in erzaehlte {
                var ziele = Set([zeile.organisation].compactMap { $0 })
                if Webhookereignis(art: zeile.art) == .dienst, let dienst = zeile.dienst {
                    if let one = anbieter[dienst] { ziele.insert(one) }
                    if zeile.feld == "anbieter", let before = zeile.von { ziele.insert(before) }
                }
                for ziel in ziele { nachOrganisation[ziel, default: []].append(zeile) }
            }
        }

        var organisationen: [String] { nachOrganisation.keys.sorted() }

        func zeilen(_ organisation: String) -> [Verlaufszeile] { nachOrganisation[organisation] ?? [] }
    }
}
