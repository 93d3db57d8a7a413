package import Storage

package enum KatalogMigrations {
    package static let all = [
        Migration(
            "katalog-0001-leistung",
            """
            CREATE TABLE themenfeld (slug TEXT PRIMARY KEY, name TEXT NOT NULL, sortname TEXT NOT NULL)
            """,
            """
            CREATE TABLE lage (
                slug TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                sortname TEXT NOT NULL,
                themenfeld TEXT NOT NULL REFERENCES themenfeld (slug)
            )
            """,
            """
            CREATE TABLE ozg_leistung (
                ozg_id TEXT PRIMARY KEY,
                name TEXT NOT NULL,
                sortname TEXT NOT NULL,
                suchname TEXT NOT NULL,
                lage TEXT REFERENCES lage (slug),
                stand_von BIGINT NOT NULL,
                stand_bis BIGINT
            )
            """,
            "CREATE INDEX ozg_leistung_lage ON ozg_leistung (lage)",
            """
            CREATE TABLE leistung (
                id TEXT PRIMARY KEY,
                schluessel TEXT UNIQUE,
                name TEXT NOT NULL,
                sortname TEXT NOT NULL,
                suchname TEXT NOT NULL,
                typen TEXT NOT NULL,
                ozg_id TEXT REFERENCES ozg_leistung (ozg_id),
                rechtsgrundlage TEXT,
                objekt TEXT,
                gruppe TEXT,
                ist_objekt BOOLEAN NOT NULL,
                vorlaeufig BOOLEAN NOT NULL,
                stand_von BIGINT,
                stand_bis BIGINT
            )
            """,
            "CREATE INDEX leistung_ozg ON leistung (ozg_id)",
            "CREATE INDEX leistung_objekt ON leistung (objekt)",
            "CREATE INDEX leistung_gruppe ON leistung (gruppe)",
            "CREATE INDEX leistung_sortname ON leistung (sortname, id)",
            """
            CREATE TABLE leistung_typ (
                leistung TEXT NOT NULL REFERENCES leistung (id),
                typ TEXT NOT NULL,
                PRIMARY KEY (typ, leistung)
            )
            """,
            // What a Leistung said in the Katalogstände `von` to `bis`, kept when a later one says otherwise.
            """
            CREATE TABLE leistung_fassung (
                leistung TEXT NOT NULL REFERENCES leistung (id),
                von BIGINT,
                bis BIGINT NOT NULL,
                name TEXT NOT NULL,
                suchname TEXT NOT NULL,
                typen TEXT NOT NULL,
                ozg_id TEXT,
                rechtsgrundlage TEXT,
                vorlaeufig BOOLEAN NOT NULL,
                PRIMARY KEY (leistung, bis)
            )
            """,
            """
            CREATE VIEW leistung_sicht AS
            SELECT leistung.id, leistung.schluessel, leistung.name, leistung.sortname, leistung.suchname, leistung.ozg_id,
                   leistung.objekt, leistung.ist_objekt, leistung.vorlaeufig, leistung.stand_bis, lage.slug AS lage, lage.themenfeld
            FROM leistung LEFT JOIN ozg_leistung ON ozg_leistung.ozg_id = leistung.ozg_id
            LEFT JOIN lage ON lage.slug = ozg_leistung.lage
            """,
            """
            CREATE VIEW ozg_leistung_sicht AS
            SELECT ozg_leistung.ozg_id, ozg_leistung.name, ozg_leistung.suchname, ozg_leistung.stand_bis, lage.slug AS lage,
                   lage.themenfeld
            FROM ozg_leistung LEFT JOIN lage ON lage.slug = ozg_leistung.lage
            """),
        // Facets count by these columns alone: read from the index, a tenth of the time of the whole rows.
        Migration(
            "katalog-0003-facetten",
            """
            CREATE INDEX leistung_facette ON leistung (ozg_id, typen, ist_objekt, vorlaeufig) WHERE stand_bis IS NULL
            """),
        Migration(
            "katalog-0004-suche",
            // What the search needs to know of everything that is in force.
            """
            CREATE VIEW leistung_suche_sicht AS
            SELECT leistung.id, leistung.schluessel, leistung.name, leistung.typen, leistung.rechtsgrundlage,
                   leistung.ist_objekt, leistung.ozg_id, ozg_leistung.name AS ozg_name, lage.slug AS lage,
                   lage.name AS lage_name, themenfeld.slug AS themenfeld, themenfeld.name AS themenfeld_name
            FROM leistung LEFT JOIN ozg_leistung ON ozg_leistung.ozg_id = leistung.ozg_id
            LEFT JOIN lage ON lage.slug = ozg_leistung.lage LEFT JOIN themenfeld ON themenfeld.slug = lage.themenfeld
            WHERE leistung.stand_bis IS NULL
            """,
            """
            CREATE VIEW ozg_leistung_suche_sicht AS
            SELECT ozg_leistung.ozg_id, ozg_leistung.name, lage.slug AS lage, lage.name AS lage_name,
                   themenfeld.slug AS themenfeld, themenfeld.name AS themenfeld_name
            FROM ozg_leistung LEFT JOIN lage ON lage.slug = ozg_leistung.lage
            LEFT JOIN themenfeld ON themenfeld.slug = lage.themenfeld
            WHERE ozg_leistung.stand_bis IS NULL
            """),
    ]
}
