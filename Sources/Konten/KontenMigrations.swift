package import Storage

package enum KontenMigrations {
    package static let all = [
        Migration(
            "konten-0001-person",
            """
            CREATE TABLE person (
                id TEXT PRIMARY KEY,
                email TEXT NOT NULL UNIQUE,
                kennwort TEXT NOT NULL,
                angelegt_am BIGINT NOT NULL
            )
            """,
            // An empty organisation stands for the whole installation.
            """
            CREATE TABLE amt (
                person TEXT NOT NULL REFERENCES person (id),
                rolle TEXT NOT NULL,
                organisation TEXT NOT NULL,
                PRIMARY KEY (person, rolle, organisation)
            )
            """,
            """
            CREATE TABLE sitzung (
                token_hash TEXT PRIMARY KEY,
                person TEXT NOT NULL REFERENCES person (id),
                csrf TEXT NOT NULL,
                seit BIGINT NOT NULL,
                bis BIGINT NOT NULL
            )
            """,
            "CREATE INDEX sitzung_person ON sitzung (person)",
            "CREATE INDEX sitzung_bis ON sitzung (bis)"),
        // Names and addresses stand in `person` alone, and a person can be erased: the Verlauf holds only the id.
        Migration(
            "konten-0002-rollen",
            "ALTER TABLE person ADD COLUMN name TEXT",
            "ALTER TABLE person ADD COLUMN gesperrt_am BIGINT",
            // The secret of the second factor in base32, and the last time step that was used with it (RFC 6238).
            "ALTER TABLE person ADD COLUMN totp TEXT",
            "ALTER TABLE person ADD COLUMN totp_schritt BIGINT",
            "ALTER TABLE person ADD COLUMN zuletzt_am BIGINT",
            "ALTER TABLE amt ADD COLUMN vertretung BOOLEAN NOT NULL DEFAULT FALSE",
            "ALTER TABLE amt ADD COLUMN vergeben_am BIGINT",
            "ALTER TABLE amt ADD COLUMN vergeben_von TEXT",
            "CREATE INDEX amt_organisation ON amt (organisation, rolle)",
            // Sessions of before have neither id nor device; they end by themselves within hours.
            "ALTER TABLE sitzung ADD COLUMN id TEXT",
            "ALTER TABLE sitzung ADD COLUMN zuletzt_am BIGINT",
            "ALTER TABLE sitzung ADD COLUMN geraet TEXT",
            "ALTER TABLE sitzung ADD COLUMN zweiter_faktor BOOLEAN NOT NULL DEFAULT FALSE",
            // `von` has people who hold the role at `an` act in it for `von`.
            """
            CREATE TABLE delegation (
                von TEXT NOT NULL,
                an TEXT NOT NULL,
                rolle TEXT NOT NULL,
                gueltig_von TEXT,
                gueltig_bis TEXT,
                angelegt_am BIGINT NOT NULL,
                angelegt_von TEXT,
                PRIMARY KEY (von, an, rolle),
                CHECK (von <> an)
            )
            """,
            "CREATE INDEX delegation_an ON delegation (an, rolle)",
            """
            CREATE TABLE einmallink (
                token_hash TEXT PRIMARY KEY,
                person TEXT NOT NULL REFERENCES person (id),
                zweck TEXT NOT NULL CHECK (zweck IN ('einladung', 'passwort', 'email')),
                wert TEXT,
                angelegt_am BIGINT NOT NULL,
                bis BIGINT NOT NULL,
                benutzt_am BIGINT
            )
            """,
            "CREATE INDEX einmallink_person ON einmallink (person, zweck)",
            "CREATE INDEX einmallink_bis ON einmallink (bis)",
            """
            CREATE TABLE wiederherstellungscode (
                person TEXT NOT NULL REFERENCES person (id),
                code_hash TEXT NOT NULL,
                PRIMARY KEY (person, code_hash)
            )
            """,
            // Failed attempts by a hash of the account or of the address they came from.
            """
            CREATE TABLE anmeldebremse (
                schluessel TEXT PRIMARY KEY,
                fehler BIGINT NOT NULL,
                zuletzt_am BIGINT NOT NULL,
                frei_ab BIGINT NOT NULL
            )
            """,
            "CREATE INDEX anmeldebremse_zuletzt ON anmeldebremse (zuletzt_am)",
            """
            CREATE TABLE fremdkonto (
                aussteller TEXT NOT NULL,
                subjekt TEXT NOT NULL,
                person TEXT NOT NULL REFERENCES person (id),
                PRIMARY KEY (aussteller, subjekt)
            )
            """,
            "CREATE INDEX fremdkonto_person ON fremdkonto (person)"),
        Migration(
            "konten-0003-anmeldung",
            // Between the password and the code of the second factor, for minutes.
            """
            CREATE TABLE halbsitzung (
                token_hash TEXT PRIMARY KEY,
                person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
                bis BIGINT NOT NULL
            )
            """,
            "CREATE INDEX halbsitzung_person ON halbsitzung (person)",
            "CREATE INDEX halbsitzung_bis ON halbsitzung (bis)",
            // Browsers that have signed in to an account before: guessing from elsewhere does not slow them down.
            """
            CREATE TABLE bekanntes_geraet (
                token_hash TEXT PRIMARY KEY,
                person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
                bis BIGINT NOT NULL
            )
            """,
            "CREATE INDEX bekanntes_geraet_person ON bekanntes_geraet (person)",
            "CREATE INDEX bekanntes_geraet_bis ON bekanntes_geraet (bis)"),
        einladung,
        OpenIDConnectMigration.schritt,
        // What the periods of retention need: who was told that an account will go, and which nights are done.
        Migration(
            "konten-0006-datenschutz",
            "ALTER TABLE person ADD COLUMN hinweis_am BIGINT",
            """
            CREATE TABLE loeschlauf (
                nacht TEXT PRIMARY KEY,
                begonnen_am BIGINT NOT NULL,
                fertig_am BIGINT,
                anzahl BIGINT NOT NULL DEFAULT 0
            )
            """),
        zugang,
        Mitteilungsmigration.schritt,
    ]
}
