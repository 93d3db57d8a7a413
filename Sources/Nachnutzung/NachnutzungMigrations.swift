package import Storage

package enum NachnutzungMigrations {
    package static let all = [
        Migration(
            "nachnutzung-0001-onlinedienst",
            """
            CREATE TABLE onlinedienst (
                id TEXT PRIMARY KEY,
                slug TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                sortname TEXT NOT NULL,
                suchname TEXT NOT NULL,
                anbieter TEXT NOT NULL REFERENCES organisation (id),
                url TEXT,
                hersteller TEXT,
                formularsystem TEXT,
                variante TEXT CHECK (variante IN ('efa', 'landesplattformdienst', 'uebernahme', 'eigenentwicklung',
                                                  'fachverfahrensmodul')),
                reifegradmodell TEXT CHECK (reifegradmodell IN ('nrw_eu', 'ozg_1_1', 'ozg_2_0')),
                reifegrad BIGINT,
                beschreibung TEXT,
                version BIGINT NOT NULL,
                CHECK ((reifegradmodell IS NULL) = (reifegrad IS NULL))
            )
            """,
            "CREATE INDEX onlinedienst_sortname ON onlinedienst (sortname, id)",
            "CREATE INDEX onlinedienst_suchname ON onlinedienst (suchname)",
            "CREATE INDEX onlinedienst_anbieter ON onlinedienst (anbieter)",
            """
            CREATE TABLE onlinedienst_leistung (
                onlinedienst TEXT NOT NULL REFERENCES onlinedienst (id),
                leistung TEXT NOT NULL REFERENCES leistung (id),
                PRIMARY KEY (onlinedienst, leistung)
            )
            """,
            "CREATE INDEX onlinedienst_leistung_leistung ON onlinedienst_leistung (leistung)",
            """
            CREATE VIEW onlinedienst_sicht AS
            SELECT onlinedienst.id, onlinedienst.slug, onlinedienst.name, onlinedienst.sortname, onlinedienst.suchname,
                   onlinedienst.anbieter, organisation_sicht.name AS anbieter_name, onlinedienst.url, onlinedienst.variante,
                   onlinedienst.reifegradmodell, onlinedienst.reifegrad
            FROM onlinedienst JOIN organisation_sicht ON organisation_sicht.id = onlinedienst.anbieter
            """,
            // Who serves an object as such serves each of its Verrichtungen; a pair may come twice.
            """
            CREATE VIEW onlinedienst_leistung_sicht AS
            SELECT onlinedienst, leistung FROM onlinedienst_leistung
            UNION ALL
            SELECT onlinedienst_leistung.onlinedienst, verrichtung.id
            FROM onlinedienst_leistung
            JOIN leistung_sicht objekt ON objekt.id = onlinedienst_leistung.leistung AND objekt.ist_objekt
            JOIN leistung_sicht verrichtung ON verrichtung.objekt = objekt.objekt
            """)
    ]
}
