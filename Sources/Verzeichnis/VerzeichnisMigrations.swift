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
        // A place that only a list of changes names is gone by the Gebietsstand that lacks it, so it has a
        // gueltig_bis like every closed place, but that day is not its last and is never shown.
        Migration(
            "verzeichnis-0002-nachfolge",
            "ALTER TABLE gebiet ADD COLUMN ende_unbekannt BOOLEAN NOT NULL DEFAULT FALSE",
            """
            CREATE TABLE gebiet_nachfolge (
                gebiet TEXT NOT NULL REFERENCES gebiet (id),
                nachfolger TEXT NOT NULL REFERENCES gebiet (id),
                wirksam_am TEXT,
                art TEXT,
                quelle TEXT NOT NULL CHECK (quelle IN ('gebietsaenderungen', 'gemeindeverzeichnis')),
                PRIMARY KEY (gebiet, nachfolger)
            )
            """,
            "CREATE INDEX gebiet_nachfolge_nachfolger ON gebiet_nachfolge (nachfolger)",
            """
            CREATE TABLE gebiet_frueher (
                gebiet TEXT NOT NULL REFERENCES gebiet (id),
                ars TEXT,
                name TEXT NOT NULL,
                sortname TEXT NOT NULL,
                suchname TEXT NOT NULL,
                bis TEXT
            )
            """,
            "CREATE INDEX gebiet_frueher_gebiet ON gebiet_frueher (gebiet)",
            "CREATE INDEX gebiet_frueher_ars ON gebiet_frueher (ars)",
            // Every name and key that a closed place had, or a valid one has no more, with the valid place it leads to.
            """
            CREATE VIEW gebiet_nachfolge_sicht AS
            WITH RECURSIVE weg (gebiet, ziel) AS (
                SELECT gebiet_nachfolge.gebiet, gebiet_nachfolge.gebiet FROM gebiet_nachfolge
                UNION
                SELECT gebiet_frueher.gebiet, gebiet_frueher.gebiet FROM gebiet_frueher
                UNION
                SELECT weg.gebiet, gebiet_nachfolge.nachfolger
                FROM weg JOIN gebiet ON gebiet.id = weg.ziel
                     JOIN gebiet_nachfolge ON gebiet_nachfolge.gebiet = weg.ziel
                WHERE gebiet.gueltig_bis IS NOT NULL
            )
            SELECT weg.gebiet, alt.name, alt.sortname, alt.suchname, alt.ars, alt.ags, weg.ziel AS nachfolger
            FROM weg JOIN gebiet alt ON alt.id = weg.gebiet JOIN gebiet neu ON neu.id = weg.ziel
            WHERE neu.gueltig_bis IS NULL AND weg.gebiet <> weg.ziel
            UNION ALL
            SELECT weg.gebiet, frueher.name, frueher.sortname, frueher.suchname, frueher.ars, alt.ags,
                   weg.ziel AS nachfolger
            FROM weg JOIN gebiet_frueher frueher ON frueher.gebiet = weg.gebiet
                 JOIN gebiet alt ON alt.id = weg.gebiet JOIN gebiet neu ON neu.id = weg.ziel
            WHERE neu.gueltig_bis IS NULL
                  AND (weg.gebiet <> weg.ziel OR frueher.suchname <> neu.suchname OR frueher.ars <> neu.ars)
            """),
        // Facets count by these columns alone.
        Migration(
            "verzeichnis-0003-facetten",
            "CREATE INDEX gebiet_facette ON gebiet (land, art, einwohner) WHERE gueltig_bis IS NULL"),
        grenze, einheiten, angaben,
    ]
}
