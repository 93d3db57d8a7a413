import Kernel
import Storage

/// What a form says of a webhook, checked.
struct Webhookangaben: Sendable {
    let name: String
    let url: String
    /// Scheme, host and port of the address.
    let ziel: String
    let ereignisse: [Webhookereignis]
}

/// Every statement about webhooks and their secrets; each change by a person enters the Verlauf.
enum WebhookStore {
    static func alle(_ organisation: String, in db: any SQLConnection) throws -> [Webhook] {
        try db.all("SELECT \(Webhook.columns) FROM webhook WHERE organisation = \(organisation) ORDER BY id")
    }

    static func find(_ id: String, organisation: String, in db: any SQLConnection) throws -> Webhook? {
        try db.first(
            "SELECT \(Webhook.columns) FROM webhook WHERE id = \(id) AND organisation = \(organisation)")
    }

    static func aktive(_ organisationen: [String], in db: any SQLConnection) throws -> [Webhook] {
        try db.all(
            """
            SELECT \(Webhook.columns) FROM webhook WHERE zustand = 'aktiv' AND organisation IN (\(organisationen))
            ORDER BY id
            """)
    }

    /// Makes a webhook and returns it with its secret, which nobody sees again.
    ///
    /// - Throws: `FormErrors` where there are too many, or one of that name.
    static func insert(
        _ angaben: Webhookangaben, organisation: String, durch urheber: Urheber, in db: any SQLConnection
    ) throws -> (id: Webhook.ID, geheimnis: String) {
        try verlangePlatz(organisation, in: db)
        try verlangeName(angaben.name, organisation, nil, in: db)
        // From now on, also where nobody has read the Verlauf before.
        _ = try Webhookverteilung.leser.naechste(hoechstens: 0, in: db)
        let id = Webhook.ID(rawValue: Kennung.neu(urheber.am))
        try db.execute(
            """
            INSERT INTO webhook (id, organisation, name, url, ziel, ereignisse, zustand, angelegt_von, angelegt_am)
            VALUES (\(id), \(organisation), \(angaben.name), \(angaben.url), \(angaben.ziel),
                    \(text(angaben.ereignisse)), 'aktiv', \(urheber.person), \(urheber.am))
            """)
        let geheimnis = try neuesGeheimnis(id, in: db)
        try VerlaufStore.append(
            [Verlauf(.webhookAngelegt, organisation: organisation, eintrag: id.rawValue, nach: angaben.name)],
            durch: urheber, in: db)
        return (id, geheimnis)
    }

    /// Writes what differs.
    ///
    /// - Throws: `Refusal.conflict` when somebody changed it since it was read, `FormErrors` for a name that is taken.
    static func change(
        _ old: Webhook, to angaben: Webhookangaben, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        try verlangeName(angaben.name, old.organisation, old.id, in: db)
        // The path of an address may hold a secret of the target; the Verlauf tells host and port.
        var changes: [(feld: String, von: String?, nach: String?)] = [
            (feld: "name", von: old.name, nach: angaben.name),
            (feld: "ereignisse", von: text(old.ereignisse), nach: text(angaben.ereignisse)),
        ].filter { $0.von != $0.nach }
        if old.url != angaben.url { changes.append((feld: "url", von: old.ziel, nach: angaben.ziel)) }
        guard !changes.isEmpty else { return }
        let count = try db.execute(
            """
            UPDATE webhook SET name = \(angaben.name), url = \(angaben.url), ziel = \(angaben.ziel),
                   ereignisse = \(text(angaben.ereignisse)), version = version + 1,
                   ruht_bis = CASE WHEN url = \(angaben.url) THEN ruht_bis END
            WHERE id = \(old.id) AND version = \(old.version)
            """)
        guard count == 1 else { throw inzwischenGeaendert }
        try VerlaufStore.append(
            changes.map { change in
                Verlauf(
                    .webhookGeaendert, organisation: old.organisation, eintrag: old.id.rawValue, feld: change.feld,
                    von: change.von, nach: change.nach)
            }, durch: urheber, in: db)
        try Webhookverteilung.stelle(angaben.ziel, am: urheber.am, in: db)
    }

    /// Pauses it; nothing happens where it is paused already.
    static func halteAn(
        _ webhook: Webhook, _ grund: Webhook.Grund, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let count = try db.execute(
            """
            UPDATE webhook SET zustand = 'angehalten', grund = \(grund), version = version + 1
            WHERE id = \(webhook.id) AND zustand = 'aktiv'
            """)
        guard count == 1 else { return }
        try VerlaufStore.append(
            [
                Verlauf(
                    .webhookAngehalten, organisation: webhook.organisation, eintrag: webhook.id.rawValue,
                    nach: webhook.name)
            ], durch: urheber, in: db)
    }

    /// Lets it go on; what waited is sent.
    static func setzeFort(_ webhook: Webhook, durch urheber: Urheber, in db: any SQLConnection) throws {
        let count = try db.execute(
            """
            UPDATE webhook SET zustand = 'aktiv', grund = NULL, fehler = 0, fehler_seit = NULL, ruht_bis = NULL,
                   version = version + 1
            WHERE id = \(webhook.id) AND zustand = 'angehalten'
            """)
        guard count == 1 else { return }
        try VerlaufStore.append(
            [
                Verlauf(
                    .webhookFortgesetzt, organisation: webhook.organisation, eintrag: webhook.id.rawValue,
                    nach: webhook.name)
            ], durch: urheber, in: db)
        try Webhookverteilung.stelle(webhook.ziel, am: urheber.am, in: db)
    }

    static func delete(_ webhook: Webhook, durch urheber: Urheber, in db: any SQLConnection) throws {
        let sendungen: SQL = "SELECT id FROM webhook_sendung WHERE webhook = \(webhook.id)"
        try db.execute("DELETE FROM webhook_sendung_zeile WHERE sendung IN (\(sendungen))")
        try db.execute("DELETE FROM webhook_sendung WHERE webhook = \(webhook.id)")
        try db.execute("DELETE FROM webhook_geheimnis WHERE webhook = \(webhook.id)")
        try db.execute("DELETE FROM webhook WHERE id = \(webhook.id)")
        try VerlaufStore.append(
            [
                Verlauf(
                    .webhookGeloescht, organisation: webhook.organisation, eintrag: webhook.id.rawValue,
                    nach: webhook.name)
            ], durch: urheber, in: db)
    }

    /// How long the secret before the present one still signs.
    static let uebergang = 24 * 3_600

    /// Secrets that sign at a time.
    static let hoechstensGeheimnisse = 3

    /// A new secret; those before it sign as well for a day, so that the one that the receiver has does.
    ///
    /// - Throws: `Refusal.conflict` where `version` is not that of the webhook: a page that is loaded again or a button
    ///   that is pressed twice renews nothing.
    static func erneuere(
        _ webhook: Webhook, version: Int?, durch urheber: Urheber, in db: any SQLConnection
    ) throws -> String {
        // Also keeps out who renews it at the same moment.
        let count = try db.execute(
            "UPDATE webhook SET version = version + 1 WHERE id = \(webhook.id) AND version = \(version ?? 0)")
        guard count == 1 else { throw schonErneuert }
        try db.execute(
            "DELETE FROM webhook_geheimnis WHERE webhook = \(webhook.id) AND gueltig_bis <= \(urheber.am)")
        try db.execute(
            """
            UPDATE webhook_geheimnis SET gueltig_bis = \(urheber.am.plus(sekunden: uebergang))
            WHERE webhook = \(webhook.id) AND gueltig_bis IS NULL
            """)
        try db.execute(
            """
            DELETE FROM webhook_geheimnis WHERE webhook = \(webhook.id) AND geheimnis NOT IN (
                SELECT geheimnis FROM webhook_geheimnis WHERE webhook = \(webhook.id)
                ORDER BY gueltig_bis DESC, geheimnis LIMIT \(hoechstensGeheimnisse - 1))
            """)
        let geheimnis = try neuesGeheimnis(webhook.id, in: db)
        try VerlaufStore.append(
            [
                Verlauf(
                    .webhookGeheimnisErneuert, organisation: webhook.organisation, eintrag: webhook.id.rawValue,
                    nach: webhook.name)
            ], durch: urheber, in: db)
        return geheimnis
    }

    /// The present secret first, then those before it as long as they are valid.
    static func geheimnisse(_ id: Webhook.ID, am: Instant, in db: any SQLConnection) throws -> [String] {
        try db.rows(
            """
            SELECT geheimnis FROM webhook_geheimnis
            WHERE webhook = \(id) AND (gueltig_bis IS NULL OR gueltig_bis > \(am))
            ORDER BY CASE WHEN gueltig_bis IS NULL THEN 0 ELSE 1 END, gueltig_bis DESC
            """
        ).map { try $0["geheimnis"] }
    }

    /// Until when the secret before the present one signs; nil where there is none.
    static func uebergang(_ id: Webhook.ID, am: Instant, in db: any SQLConnection) throws -> Instant? {
        try db.value("SELECT max(gueltig_bis) FROM webhook_geheimnis WHERE webhook = \(id) AND gueltig_bis > \(am)")
            .map { (raw: Int) in Instant(rawValue: raw) }
    }

    static func vergissAlteGeheimnisse(am: Instant, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM webhook_geheimnis WHERE gueltig_bis <= \(am)")
    }

    private static func neuesGeheimnis(_ id: Webhook.ID, in db: any SQLConnection) throws -> String {
        let geheimnis = Webhooksignatur.neuesGeheimnis()
        try db.execute("INSERT INTO webhook_geheimnis (webhook, geheimnis) VALUES (\(id), \(geheimnis))")
        return geheimnis
    }

    private static func text(_ ereignisse: [Webhookereignis]) -> String {
        ereignisse.map(\.rawValue).joined(separator: " ")
    }

    private static func verlangePlatz(_ organisation: String, in db: any SQLConnection) throws {
        // Two who make the last one at once must not both succeed.
        try db.lock("webhooks \(organisation)")
        let count: Int = try db.value("SELECT count(*) FROM webhook WHERE organisation = \(organisation)") ?? 0
        guard count >= Webhook.hoechstens else { return }
        var errors = FormErrors()
        errors.add(
            "name", "Es gibt schon \(Webhook.hoechstens) Webhooks. Löschen Sie einen, bevor Sie einen neuen anlegen.")
        throw errors
    }

    private static func verlangeName(
        _ name: String, _ organisation: String, _ id: Webhook.ID?, in db: any SQLConnection
    ) throws {
        let others = try alle(organisation, in: db).filter { $0.id != id }
        guard others.contains(where: { Faltung.suche($0.name) == Faltung.suche(name) }) else { return }
        var errors = FormErrors()
        errors.add("name", "Einen Webhook mit diesem Namen gibt es schon. Wählen Sie einen anderen.")
        throw errors
    }

    private static let schonErneuert = Refusal(
        .conflict,
        "Der Webhook wurde inzwischen geändert oder das Geheimnis schon erneuert. Haben Sie das neue nicht, gehen Sie zur Seite des Webhooks und erneuern Sie es noch einmal; das bisherige gilt noch mit."
    )

    static let inzwischenGeaendert = Refusal(
        .conflict,
        "Diesen Webhook hat inzwischen jemand anderes geändert. Laden Sie die Seite neu und tragen Sie Ihre Änderung noch einmal ein."
    )
}
