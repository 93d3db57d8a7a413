package import Storage

package enum SucheMigrations {
    package static let all = [
        Migration(
            "suche-0001-index",
            // `nr` orders and groups: kind, rank, a hash of the id, and in its last 16 bits the code of the facets.
            """
            CREATE TABLE suche_eintrag (
                nr \(SQL(sqlite: "INTEGER", postgres: "BIGINT")) PRIMARY KEY,
                art TEXT NOT NULL,
                id TEXT NOT NULL,
                pfad TEXT NOT NULL,
                name TEXT NOT NULL,
                zusatz TEXT,
                frueher TEXT,
                inhalt TEXT NOT NULL,
                name_worte TEXT NOT NULL,
                umfeld_worte TEXT NOT NULL,
                pruefsumme BIGINT NOT NULL,
                UNIQUE (art, id)
            )
            """,
            "CREATE TABLE suche_schluessel (schluessel TEXT NOT NULL, nr BIGINT NOT NULL, PRIMARY KEY (schluessel, nr))",
            "CREATE INDEX suche_schluessel_nr ON suche_schluessel (nr)",
            SQL(
                sqlite:
                    "CREATE VIRTUAL TABLE suche_name USING fts5 (worte, tokenize = 'ascii', detail = none, columnsize = 0)",
                postgres: "CREATE TABLE suche_name (nr BIGINT PRIMARY KEY, worte TSVECTOR NOT NULL)"),
            SQL(
                sqlite:
                    "CREATE VIRTUAL TABLE suche_text USING fts5 (worte, tokenize = 'ascii', detail = none, columnsize = 0)",
                postgres: "CREATE TABLE suche_text (nr BIGINT PRIMARY KEY, worte TSVECTOR NOT NULL)"),
            // Pending lists would make the first search after an import slow.
            SQL(
                sqlite: "",
                postgres: "CREATE INDEX suche_name_worte ON suche_name USING gin (worte) WITH (fastupdate = off)"),
            SQL(
                sqlite: "",
                postgres: "CREATE INDEX suche_text_worte ON suche_text USING gin (worte) WITH (fastupdate = off)"),
            // The vectors of long texts stay out of the rows that every count reads.
            SQL(sqlite: "", postgres: "ALTER TABLE suche_text ALTER COLUMN worte SET STORAGE EXTERNAL"),
            SQL(sqlite: "", postgres: "ALTER TABLE suche_text SET (toast_tuple_target = 128)"),
            """
            CREATE TABLE suche_merkmal (
                code BIGINT PRIMARY KEY,
                themenfeld TEXT NOT NULL,
                lage TEXT NOT NULL,
                typen TEXT NOT NULL,
                UNIQUE (themenfeld, lage, typen)
            )
            """,
            """
            CREATE TABLE suche_wort (
                bereich TEXT NOT NULL,
                form TEXT NOT NULL,
                stamm TEXT NOT NULL,
                anzeige TEXT NOT NULL,
                anzahl BIGINT NOT NULL,
                PRIMARY KEY (bereich, form)
            )
            """,
            """
            CREATE TABLE suche_stamm (
                bereich TEXT NOT NULL,
                stamm TEXT NOT NULL,
                anzahl BIGINT NOT NULL,
                PRIMARY KEY (bereich, stamm)
            )
            """,
            """
            CREATE TABLE suche_stand (
                id BIGINT PRIMARY KEY CHECK (id = 1),
                fassung BIGINT NOT NULL,
                quelle TEXT NOT NULL
            )
            """,
            "INSERT INTO suche_stand (id, fassung, quelle) VALUES (1, 0, '')"),
        // The index can be made anew from what it tells of, so nothing is carried over.
        Migration(
            "suche-0002-wortlisten", kind: .contract(since: "0.2.0"),
            "DROP TABLE suche_name",
            "DROP TABLE suche_text",
            "DROP TABLE suche_eintrag",
            "DELETE FROM suche_schluessel",
            "DELETE FROM suche_wort",
            "DELETE FROM suche_stamm",
            """
            CREATE TABLE suche_eintrag (
                nr \(SQL(sqlite: "INTEGER", postgres: "BIGINT")) PRIMARY KEY,
                art TEXT NOT NULL,
                id TEXT NOT NULL,
                pfad TEXT NOT NULL,
                name TEXT NOT NULL,
                zusatz TEXT,
                frueher TEXT,
                name_worte TEXT NOT NULL,
                umfeld_worte TEXT NOT NULL,
                pruefsumme BIGINT NOT NULL,
                UNIQUE (art, id)
            )
            """,
            // Long texts stay out of the rows that are weighed by the hundred.
            """
            CREATE TABLE suche_inhalt (
                nr \(SQL(sqlite: "INTEGER", postgres: "BIGINT")) PRIMARY KEY,
                inhalt TEXT NOT NULL
            )
            """,
            // For each stem the things that hold it, as `Wortliste` packs them. Both databases only keep the bytes, so
            // both find the same. Lists are written beside those in use and taken into use all at once.
            """
            CREATE TABLE suche_liste (
                fassung BIGINT NOT NULL,
                art BIGINT NOT NULL,
                stamm TEXT NOT NULL,
                feld BIGINT NOT NULL,
                liste \(SQL(sqlite: "BLOB", postgres: "BYTEA")) NOT NULL,
                PRIMARY KEY (fassung, art, stamm, feld)
            )
            """,
            // They are packed already.
            SQL(sqlite: "", postgres: "ALTER TABLE suche_liste ALTER COLUMN liste SET STORAGE EXTERNAL"),
            // The row numbers of a kind in the order in which the lists count them.
            """
            CREATE TABLE suche_ordnung (
                fassung BIGINT NOT NULL,
                art BIGINT NOT NULL,
                nummern \(SQL(sqlite: "BLOB", postgres: "BYTEA")) NOT NULL,
                PRIMARY KEY (fassung, art)
            )
            """,
            // What has changed waits here until the lists that go with it are taken into use.
            """
            CREATE TABLE suche_wechsel (
                fassung BIGINT NOT NULL,
                nr BIGINT NOT NULL,
                alt BIGINT NOT NULL,
                art TEXT NOT NULL,
                id TEXT NOT NULL,
                pfad TEXT NOT NULL,
                name TEXT NOT NULL,
                zusatz TEXT,
                frueher TEXT,
                name_worte TEXT NOT NULL,
                umfeld_worte TEXT NOT NULL,
                pruefsumme BIGINT NOT NULL,
                inhalt TEXT NOT NULL,
                schluessel TEXT NOT NULL,
                PRIMARY KEY (fassung, nr)
            )
            """,
            "ALTER TABLE suche_stand ADD COLUMN vergeben BIGINT NOT NULL DEFAULT 0",
            "UPDATE suche_stand SET vergeben = fassung, quelle = ''"),
    ]
}
