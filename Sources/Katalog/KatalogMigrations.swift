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
        Migration(
            "katalog-0002-fassungen",
            // Empty in Fassungen kept before this step, whose names are folded with ä as ae only.
            "ALTER TABLE leistung_fassung ADD COLUMN sortname TEXT",
            // What an OZG-Leistung said in the Katalogstände `von` to `bis`. Lage and Themenfeld stand here with their
            // names, because a Lage may move and be renamed while its address stays.
            """
            CREATE TABLE ozg_fassung (
                ozg_id TEXT NOT NULL REFERENCES ozg_leistung (ozg_id),
                von BIGINT NOT NULL,
                bis BIGINT NOT NULL,
                name TEXT NOT NULL,
                sortname TEXT NOT NULL,
                suchname TEXT NOT NULL,
                lage_slug TEXT,
                lage_name TEXT,
                themenfeld_slug TEXT,
                themenfeld_name TEXT,
                PRIMARY KEY (ozg_id, bis)
            )
            """,
            // Former names: those of earlier Katalogstände that are not the present one.
            """
            CREATE VIEW leistung_fassung_sicht AS
            SELECT leistung_fassung.leistung, leistung_fassung.name,
                   COALESCE(leistung_fassung.sortname, leistung_fassung.suchname) AS sortname, leistung_fassung.suchname,
                   leistung_fassung.von, leistung_fassung.bis
            FROM leistung_fassung JOIN leistung ON leistung.id = leistung_fassung.leistung
            WHERE NOT leistung_fassung.vorlaeufig AND leistung_fassung.name <> leistung.name
            """,
            """
            CREATE VIEW ozg_fassung_sicht AS
            SELECT ozg_fassung.ozg_id, ozg_fassung.name, ozg_fassung.sortname, ozg_fassung.suchname, ozg_fassung.von,
                   ozg_fassung.bis
            FROM ozg_fassung JOIN ozg_leistung ON ozg_leistung.ozg_id = ozg_fassung.ozg_id
            WHERE ozg_fassung.name <> ozg_leistung.name
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
