package import Storage

package enum VerzeichnisMigrations {
    package static let all = [
        Migration(
            "verzeichnis-0001-gebiet",
            """
            CREATE TABLE gebiet (
                id TEXT PRIMARY KEY,
                ars TEXT UNIQUE,
                ags TEXT,
                amtlicher_name TEXT NOT NULL,
                name TEXT NOT NULL,
                sortname TEXT NOT NULL,
                suchname TEXT NOT NULL,
                art TEXT NOT NULL CHECK (art IN ('bund', 'land', 'regierungsbezirk', 'kreis', 'kreisfreie_stadt',
                                                 'verband', 'gemeinde', 'gemeindefrei')),
                kennzeichen TEXT,
                sitz TEXT,
                plz TEXT,
                flaeche_ha BIGINT,
                einwohner BIGINT,
                land TEXT NOT NULL,
                gehoert_zu TEXT,
                gehoert_zu_ars TEXT,
                verwaltung TEXT,
                gueltig_von TEXT,
                gueltig_bis TEXT
            )
            """,
            "CREATE INDEX gebiet_ags ON gebiet (ags)",
            "CREATE INDEX gebiet_gehoert_zu ON gebiet (gehoert_zu, sortname)",
            "CREATE INDEX gebiet_art ON gebiet (art, gueltig_bis)",
            "CREATE INDEX gebiet_sortname ON gebiet (sortname, id)",
            """
            CREATE TABLE organisation (
                id TEXT PRIMARY KEY,
                art TEXT NOT NULL CHECK (art IN ('verwaltung', 'dienstleister', 'hersteller', 'ministerium', 'verband')),
                name TEXT NOT NULL,
                sortname TEXT NOT NULL,
                suchname TEXT NOT NULL,
                gebiet TEXT UNIQUE REFERENCES gebiet (id),
                gueltig_bis TEXT
            )
            """,
            "CREATE INDEX organisation_suchname ON organisation (suchname)",
            """
            CREATE VIEW gebiet_sicht AS
            SELECT id, ars, ags, name, sortname, art, einwohner, land, gehoert_zu, verwaltung, gueltig_bis FROM gebiet
            """,
            """
            CREATE VIEW organisation_sicht AS
            SELECT organisation.id, organisation.art, organisation.name, organisation.sortname, organisation.suchname,
                   organisation.gebiet, gebiet.ars, gebiet.einwohner, organisation.gueltig_bis
            FROM organisation LEFT JOIN gebiet ON gebiet.id = organisation.gebiet
            """),
        // Facets count by these columns alone.
        Migration(
            "verzeichnis-0003-facetten",
            "CREATE INDEX gebiet_facette ON gebiet (land, art, einwohner) WHERE gueltig_bis IS NULL"),
        grenze,
    ]
}
