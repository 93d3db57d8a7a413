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
            "INSERT INTO suche_stand (id, fassung, quelle) VALUES (1, 0, '')")
    ]
}
