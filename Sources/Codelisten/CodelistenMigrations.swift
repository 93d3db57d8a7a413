package import Storage

package enum CodelistenMigrations {
    package static let all = [
        Migration(
            "codelisten-0001-codeliste",
            // Names and publisher are those of the newest Fassung.
            """
            CREATE TABLE codeliste (
                kennung TEXT PRIMARY KEY,
                slug TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                sortname TEXT NOT NULL,
                suchname TEXT NOT NULL,
                kurzname TEXT NOT NULL,
                herausgeber TEXT,
                beschreibung TEXT
            )
            """,
            "CREATE INDEX codeliste_sortname ON codeliste (sortname, kennung)",
            """
            CREATE TABLE codeliste_fassung (
                id TEXT PRIMARY KEY,
                codeliste TEXT NOT NULL REFERENCES codeliste (kennung),
                version TEXT NOT NULL,
                sortversion TEXT NOT NULL,
                kennung TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL,
                kurzname TEXT NOT NULL,
                herausgeber TEXT,
                beschreibung TEXT,
                hinweis TEXT,
                aenderung TEXT,
                gueltig_ab TEXT,
                gueltig_bis TEXT,
                codespalte TEXT NOT NULL,
                namensspalte TEXT,
                anzahl BIGINT NOT NULL,
                neueste BOOLEAN NOT NULL,
                fingerabdruck TEXT NOT NULL,
                datenstand BIGINT NOT NULL,
                geladen_am BIGINT NOT NULL,
                UNIQUE (codeliste, version)
            )
            """,
            """
            CREATE TABLE codeliste_spalte (
                fassung TEXT NOT NULL REFERENCES codeliste_fassung (id),
                position BIGINT NOT NULL,
                spalte TEXT NOT NULL,
                name TEXT NOT NULL,
                datentyp TEXT NOT NULL,
                sprache TEXT,
                pflicht BOOLEAN NOT NULL,
                schluessel BOOLEAN NOT NULL,
                PRIMARY KEY (fassung, position)
            )
            """,
            // `werte` holds the values of all columns that the row defines, as texts by the id of the column.
            """
            CREATE TABLE codeliste_eintrag (
                fassung TEXT NOT NULL REFERENCES codeliste_fassung (id),
                position BIGINT NOT NULL,
                code TEXT NOT NULL,
                name TEXT,
                sortname TEXT NOT NULL,
                suchname TEXT NOT NULL,
                werte JSONB NOT NULL,
                PRIMARY KEY (fassung, position),
                UNIQUE (fassung, code)
            )
            """,
            """
            CREATE VIEW codeliste_eintrag_sicht AS
            SELECT codeliste.kennung, codeliste.slug, codeliste_fassung.version, codeliste_fassung.sortversion,
                   codeliste_fassung.gueltig_ab, codeliste_fassung.gueltig_bis, codeliste_fassung.neueste,
                   codeliste_eintrag.position, codeliste_eintrag.code, codeliste_eintrag.name, codeliste_eintrag.sortname,
                   codeliste_eintrag.suchname, codeliste_eintrag.werte
            FROM codeliste_eintrag
            JOIN codeliste_fassung ON codeliste_fassung.id = codeliste_eintrag.fassung
            JOIN codeliste ON codeliste.kennung = codeliste_fassung.codeliste
            """)
    ]
}
