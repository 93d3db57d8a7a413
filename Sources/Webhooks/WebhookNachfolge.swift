package import Kernel
package import Storage

/// The webhooks of an authority follow to the one that goes on, paused until somebody there has looked at them.
package struct WebhookNachfolge: Nachfolgeteil {
    package init() {}

    package func uebertrage(
        _ nachfolge: Rechtsnachfolge, in db: any SQLConnection
    ) throws -> [Rechtsnachfolge.Posten] {
        let webhooks = try WebhookStore.alle(nachfolge.alt, in: db)
        let posten = [Rechtsnachfolge.Posten("Webhook", "Webhooks", webhooks.count)]
        guard !nachfolge.probe, !webhooks.isEmpty else { return posten }
        try db.execute(
            """
            UPDATE webhook SET organisation = \(nachfolge.neu), zustand = 'angehalten', grund = 'nachfolge',
                   version = version + 1
            WHERE organisation = \(nachfolge.alt)
            """)
        try VerlaufStore.append(
            webhooks.map {
                Verlauf(.webhookAngehalten, organisation: nachfolge.neu, eintrag: $0.id.rawValue, nach: $0.name)
            }, durch: nachfolge.urheber, in: db)
        return posten
    }
}
