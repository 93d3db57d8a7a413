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
                name_worte TEXT NOT NULL,
                umfeld_worte TEXT NOT NULL,
                pruefsumme BIGINT NOT NULL,
                UNIQUE (art, id)
            )
            """,
            "CREATE TABLE suche_schluessel (schluessel TEXT NOT NULL, nr BIGINT NOT NULL, PRIMARY KEY (schluessel, nr))",
            "CREATE INDEX suche_schluessel_nr ON suche_schluessel (nr)",
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
                vergeben BIGINT NOT NULL,
                quelle TEXT NOT NULL
            )
            """,
            "INSERT INTO suche_stand (id, fassung, vergeben, quelle) VALUES (1, 0, 0, '')")
    ]
}
