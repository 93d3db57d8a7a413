import Kernel
import Storage

/// Every statement about sendings.
enum WebhooksendungStore {
    @discardableResult
    static func insert(
        _ webhook: Webhook.ID, zeilen: [String], am: Instant, in db: any SQLConnection
    ) throws -> Webhooksendung.ID {
        let id = try insert(webhook, .aenderung, anzahl: zeilen.count, am: am, in: db)
        try db.insert(
            into: "webhook_sendung_zeile", columns: ["sendung", "zeile"],
            rows: zeilen.map { [id.sqlValue, .text($0)] })
        return id
    }

    /// A sending without changes, to try the way; one at a time.
    ///
    /// - Throws: `Refusal.conflict` while another one waits.
    static func probe(_ webhook: Webhook, am: Instant, in db: any SQLConnection) throws {
        let waiting: Int? = try db.value(
            """
            SELECT 1 FROM webhook_sendung
            WHERE webhook = \(webhook.id) AND zustand = 'wartet' AND art = 'probe' LIMIT 1
            """)
        guard waiting == nil else {
            throw Refusal(.conflict, "Eine Probe ist schon unterwegs. Laden Sie die Seite in einigen Sekunden neu.")
        }
        _ = try insert(webhook.id, .probe, anzahl: 0, am: am, in: db)
        try Webhookverteilung.stelle(webhook.ziel, am: am, in: db)
    }

    private static func insert(
        _ webhook: Webhook.ID, _ art: Webhooksendung.Art, anzahl: Int, am: Instant, in db: any SQLConnection
    ) throws -> Webhooksendung.ID {
        let id = Webhooksendung.ID(rawValue: Kennung.neu(am))
        try db.execute(
            """
            INSERT INTO webhook_sendung (id, webhook, art, am, anzahl, zustand, faellig, von_hand)
            VALUES (\(id), \(webhook), \(art), \(am), \(anzahl), 'wartet', \(am), \(art == .probe))
            """)
        return id
    }

    static func find(_ id: String, _ webhook: Webhook.ID, in db: any SQLConnection) throws -> Webhooksendung? {
        try db.first(
            "SELECT \(Webhooksendung.columns) FROM webhook_sendung WHERE id = \(id) AND webhook = \(webhook)")
    }

    /// Newest first.
    static func seite(
        _ webhook: Webhook.ID, anzahl: Int, ab: Int, in db: any SQLConnection
    ) throws -> [Webhooksendung] {
        try db.all(
            """
            SELECT \(Webhooksendung.columns) FROM webhook_sendung WHERE webhook = \(webhook)
            ORDER BY id DESC LIMIT \(anzahl) OFFSET \(ab)
            """)
    }

    static func anzahl(_ webhook: Webhook.ID, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM webhook_sendung WHERE webhook = \(webhook)") ?? 0
    }

    static func wartende(_ organisation: String, in db: any SQLConnection) throws -> [Webhook.ID: Int] {
        var found: [Webhook.ID: Int] = [:]
        for row in try db.rows(
            """
            SELECT webhook_sendung.webhook, count(*) AS anzahl
            FROM webhook_sendung JOIN webhook ON webhook.id = webhook_sendung.webhook
            WHERE webhook.organisation = \(organisation) AND webhook_sendung.zustand = 'wartet'
            GROUP BY webhook_sendung.webhook
            """)
        { found[try row["webhook"]] = try row["anzahl"] }
        return found
    }

    /// Sends one again, or at once what waits for its next attempt: with the same id and the same content.
    static func erneut(
        _ sendung: Webhooksendung, _ webhook: Webhook, am: Instant, in db: any SQLConnection
    ) throws {
        try db.execute(
            """
            UPDATE webhook_sendung SET zustand = 'wartet', faellig = \(am), von_hand = TRUE WHERE id = \(sendung.id)
            """)
        try Webhookverteilung.stelle(webhook.ziel, am: am, in: db)
    }

    static func gescheiterte(_ webhook: Webhook.ID, in db: any SQLConnection) throws -> Int {
        try db.value(
            """
            SELECT count(*) FROM webhook_sendung
            WHERE webhook = \(webhook) AND zustand = 'gescheitert' AND art = 'aenderung'
            """) ?? 0
    }

    /// Lets all changes wait again that failed. The target rests again after the first that fails, and a webhook that is
    /// paused sends them once it goes on.
    static func erneutGescheiterte(_ webhook: Webhook, am: Instant, in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE webhook_sendung SET zustand = 'wartet', faellig = \(am)
            WHERE webhook = \(webhook.id) AND zustand = 'gescheitert' AND art = 'aenderung'
            """)
        try db.execute("UPDATE webhook SET ruht_bis = NULL WHERE id = \(webhook.id)")
        try Webhookverteilung.stelle(webhook.ziel, am: am, in: db)
    }

    /// What may be sent to a target: not while its webhook is paused or rests, but for what somebody asked for.
    private static let darf: SQL = """
        webhook_sendung.zustand = 'wartet' AND (webhook.zustand = 'aktiv' OR webhook_sendung.von_hand)
        """
    /// When it may be sent.
    private static let zeitpunkt: SQL = """
        CASE WHEN webhook_sendung.von_hand OR COALESCE(webhook.ruht_bis, 0) < webhook_sendung.faellig
             THEN webhook_sendung.faellig ELSE webhook.ruht_bis END
        """

    /// When the next sending to a target is due; nil where none waits.
    static func naechsterZeitpunkt(_ ziel: String, in db: any SQLConnection) throws -> Instant? {
        let raw: Int? = try db.value(
            """
            SELECT min(\(zeitpunkt)) FROM webhook JOIN webhook_sendung ON webhook_sendung.webhook = webhook.id
            WHERE webhook.ziel = \(ziel) AND \(darf)
            """)
        return raw.map(Instant.init(rawValue:))
    }

    /// The next sending to a target with its webhook: the webhook that waited longest goes first.
    static func naechste(
        _ ziel: String, am: Instant, in db: any SQLConnection
    ) throws -> (Webhook, Webhooksendung)? {
        let row = try db.rows(
            """
            SELECT webhook_sendung.id, webhook.id AS webhook, webhook.organisation
            FROM webhook JOIN webhook_sendung ON webhook_sendung.webhook = webhook.id
            WHERE webhook.ziel = \(ziel) AND \(darf) AND \(zeitpunkt) <= \(am)
            ORDER BY COALESCE(webhook.versuch_am, 0), webhook.id, webhook_sendung.faellig, webhook_sendung.id LIMIT 1
            """
        ).first
        guard let row,
            let webhook = try WebhookStore.find(row["webhook"], organisation: row["organisation"], in: db),
            let sendung = try find(row["id"], webhook.id, in: db)
        else { return nil }
        return (webhook, sendung)
    }

    /// Targets at which something waits, now or later.
    static func wartendeZiele(in db: any SQLConnection) throws -> [String] {
        try db.rows(
            """
            SELECT DISTINCT webhook.ziel FROM webhook JOIN webhook_sendung ON webhook_sendung.webhook = webhook.id
            WHERE \(darf) ORDER BY webhook.ziel
            """
        ).map { try $0["ziel"] }
    }

    static func zeilen(_ sendung: Webhooksendung.ID, in db: any SQLConnection) throws -> [Verlaufszeile] {
        let ids: [String] = try db.rows("SELECT zeile FROM webhook_sendung_zeile WHERE sendung = \(sendung)")
            .map { try $0["zeile"] }
        return try VerlaufStore.zeilen(ids, in: db)
    }

    // MARK: Period of retention

    static func anzahl(vor grenze: Instant, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM webhook_sendung WHERE am < \(grenze)") ?? 0
    }

    static func loesche(vor grenze: Instant, in db: any SQLConnection) throws -> Int {
        try db.execute(
            "DELETE FROM webhook_sendung_zeile WHERE sendung IN (SELECT id FROM webhook_sendung WHERE am < \(grenze))")
        return try db.execute("DELETE FROM webhook_sendung WHERE am < \(grenze)")
    }
}
