package import Storage

package enum WebhooksMigrations {
    package static let all = [
        Migration(
            "webhooks-0001-webhook",
            """
            CREATE TABLE webhook (
                id TEXT PRIMARY KEY,
                organisation TEXT NOT NULL REFERENCES organisation (id),
                name TEXT NOT NULL,
                url TEXT NOT NULL,
                ziel TEXT NOT NULL,
                ereignisse TEXT NOT NULL,
                zustand TEXT NOT NULL CHECK (zustand IN ('aktiv', 'angehalten')),
                grund TEXT,
                angelegt_von TEXT,
                angelegt_am BIGINT NOT NULL,
                versuch_am BIGINT,
                erfolg_am BIGINT,
                fehler BIGINT NOT NULL DEFAULT 0,
                fehler_seit BIGINT,
                ruht_bis BIGINT,
                version BIGINT NOT NULL DEFAULT 1
            )
            """,
            "CREATE INDEX webhook_organisation ON webhook (organisation, id)",
            "CREATE INDEX webhook_ziel ON webhook (ziel, id)",
            "CREATE INDEX webhook_angelegt_von ON webhook (angelegt_von) WHERE angelegt_von IS NOT NULL",
            // Apart from what pages read; the one without an end is the present one.
            """
            CREATE TABLE webhook_geheimnis (
                webhook TEXT NOT NULL REFERENCES webhook (id),
                geheimnis TEXT NOT NULL,
                gueltig_bis BIGINT,
                PRIMARY KEY (webhook, geheimnis)
            )
            """,
            """
            CREATE TABLE webhook_sendung (
                id TEXT PRIMARY KEY,
                webhook TEXT NOT NULL REFERENCES webhook (id),
                art TEXT NOT NULL,
                am BIGINT NOT NULL,
                anzahl BIGINT NOT NULL,
                zustand TEXT NOT NULL CHECK (zustand IN ('wartet', 'angekommen', 'gescheitert')),
                faellig BIGINT NOT NULL,
                von_hand BOOLEAN NOT NULL DEFAULT FALSE,
                versuche BIGINT NOT NULL DEFAULT 0,
                versuch_am BIGINT,
                status BIGINT,
                dauer BIGINT,
                fehler TEXT,
                antwort TEXT
            )
            """,
            "CREATE INDEX webhook_sendung_liste ON webhook_sendung (webhook, id)",
            "CREATE INDEX webhook_sendung_faellig ON webhook_sendung (webhook, faellig, id) WHERE zustand = 'wartet'",
            "CREATE INDEX webhook_sendung_am ON webhook_sendung (am)",
            // Which lines of the Verlauf travel in it; what is sent is made from them each time.
            """
            CREATE TABLE webhook_sendung_zeile (
                sendung TEXT NOT NULL REFERENCES webhook_sendung (id),
                zeile TEXT NOT NULL,
                PRIMARY KEY (sendung, zeile)
            )
            """)
    ]
}
