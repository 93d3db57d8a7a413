package import Storage

package enum UmsetzungMigrations {
    package static let all = [
        Migration(
            "umsetzung-0001-eintrag",
            """
            CREATE TABLE umsetzungseintrag (
                id TEXT PRIMARY KEY,
                organisation TEXT NOT NULL REFERENCES organisation (id),
                nummer BIGINT NOT NULL,
                titel TEXT NOT NULL,
                sortname TEXT NOT NULL,
                suchname TEXT NOT NULL,
                ozg_id TEXT REFERENCES ozg_leistung (ozg_id),
                amt TEXT,
                stand TEXT NOT NULL CHECK (stand IN ('zustaendigkeit_ungeklaert', 'offen', 'in_pruefung', 'geplant',
                    'in_umsetzung', 'pilot', 'online', 'abgeschaltet', 'wartet', 'zurueckgestellt', 'nicht_zustaendig')),
                variante TEXT CHECK (variante IN ('efa', 'landesplattformdienst', 'uebernahme', 'eigenentwicklung',
                                                  'fachverfahrensmodul')),
                dienst TEXT REFERENCES onlinedienst (id),
                dienst_text TEXT,
                url TEXT,
                reifegrad TEXT,
                prioritaet TEXT,
                frist TEXT,
                rolle TEXT,
                notiz TEXT,
                schlagworte TEXT,
                begruendung TEXT,
                angaben_fehlen BOOLEAN NOT NULL,
                version BIGINT NOT NULL
            )
            """,
            "CREATE UNIQUE INDEX umsetzungseintrag_liste ON umsetzungseintrag (organisation, nummer)",
            "CREATE INDEX umsetzungseintrag_stand ON umsetzungseintrag (organisation, stand)",
            "CREATE INDEX umsetzungseintrag_dienst ON umsetzungseintrag (dienst)",
            """
            CREATE TABLE umsetzungseintrag_leistung (
                eintrag TEXT NOT NULL REFERENCES umsetzungseintrag (id),
                leistung TEXT NOT NULL REFERENCES leistung (id),
                PRIMARY KEY (eintrag, leistung)
            )
            """,
            "CREATE INDEX umsetzungseintrag_leistung_leistung ON umsetzungseintrag_leistung (leistung)",
            // Which services serve what a row is about: its Leistungen, the Verrichtungen of its objects, its OZG-Leistung.
            """
            CREATE VIEW umsetzung_loesung AS
            SELECT umsetzungseintrag_leistung.eintrag, onlinedienst_leistung_sicht.onlinedienst
            FROM umsetzungseintrag_leistung
            JOIN onlinedienst_leistung_sicht ON onlinedienst_leistung_sicht.leistung = umsetzungseintrag_leistung.leistung
            UNION ALL
            SELECT umsetzungseintrag_leistung.eintrag, onlinedienst_leistung_sicht.onlinedienst
            FROM umsetzungseintrag_leistung
            JOIN leistung_sicht objekt ON objekt.id = umsetzungseintrag_leistung.leistung AND objekt.ist_objekt
            JOIN leistung_sicht verrichtung ON verrichtung.objekt = objekt.objekt
            JOIN onlinedienst_leistung_sicht ON onlinedienst_leistung_sicht.leistung = verrichtung.id
            UNION ALL
            SELECT umsetzungseintrag.id, onlinedienst_leistung_sicht.onlinedienst
            FROM umsetzungseintrag
            JOIN leistung_sicht ON leistung_sicht.ozg_id = umsetzungseintrag.ozg_id
            JOIN onlinedienst_leistung_sicht ON onlinedienst_leistung_sicht.leistung = leistung_sicht.id
            """,
            """
            CREATE VIEW umsetzungseintrag_sicht AS
            SELECT id AS eintrag, organisation, stand, variante, dienst, ozg_id, angaben_fehlen FROM umsetzungseintrag
            """,
            // A sheet that was checked and waits for the decision to load it.
            """
            CREATE TABLE umsetzung_ladung (
                id TEXT PRIMARY KEY,
                organisation TEXT NOT NULL REFERENCES organisation (id),
                person TEXT NOT NULL,
                dateiname TEXT NOT NULL,
                inhalt BYTEA NOT NULL,
                am BIGINT NOT NULL
            )
            """),
        Migration(
            "umsetzung-0002-name",
            """
            CREATE VIEW umsetzungseintrag_name_sicht AS
            SELECT id AS eintrag, organisation, titel FROM umsetzungseintrag
            """),
    ]
}
