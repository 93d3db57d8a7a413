package import Storage

package enum KernelMigrations {
    package static let all = [
        Migration(
            "kernel-0001-verlauf",
            """
            CREATE TABLE datenstand (
                art TEXT NOT NULL,
                bezug TEXT NOT NULL,
                nummer BIGINT NOT NULL,
                datum TEXT,
                geladen_am BIGINT NOT NULL,
                neu BIGINT NOT NULL,
                geaendert BIGINT NOT NULL,
                entfallen BIGINT NOT NULL,
                PRIMARY KEY (art, bezug, nummer)
            )
            """,
            """
            CREATE TABLE verlauf (
                id TEXT PRIMARY KEY,
                am BIGINT NOT NULL,
                person TEXT,
                art TEXT NOT NULL,
                gebiet TEXT,
                organisation TEXT,
                eintrag TEXT,
                leistung TEXT,
                dienst TEXT,
                datenstand TEXT,
                feld TEXT,
                von TEXT,
                nach TEXT
            )
            """,
            "CREATE INDEX verlauf_am ON verlauf (am)",
            "CREATE INDEX verlauf_organisation ON verlauf (organisation, am)",
            "CREATE INDEX verlauf_eintrag ON verlauf (eintrag, am)",
            "CREATE INDEX verlauf_leistung ON verlauf (leistung, am)",
            "CREATE INDEX verlauf_gebiet ON verlauf (gebiet, am)",
            "CREATE INDEX verlauf_dienst ON verlauf (dienst, am)"),
        Migration(
            "kernel-0002-siegel",
            // A chain per Organisation, and one without a name. Seals stand beside the lines, which are never changed.
            """
            CREATE TABLE verlauf_siegel (
                kette TEXT NOT NULL,
                nummer BIGINT NOT NULL,
                zeile TEXT NOT NULL UNIQUE,
                siegel BYTEA NOT NULL,
                am BIGINT NOT NULL,
                PRIMARY KEY (kette, nummer)
            )
            """,
            // The end of each chain, and the last number of a beginning whose period of retention is over.
            """
            CREATE TABLE verlauf_kette (
                kette TEXT PRIMARY KEY,
                nummer BIGINT NOT NULL,
                siegel BYTEA NOT NULL,
                am BIGINT NOT NULL,
                ab BIGINT NOT NULL DEFAULT 0,
                ab_siegel BYTEA
            )
            """,
            // Lines without a seal. The database notes them itself, so that servers of the release before do it, too.
            "CREATE TABLE verlauf_offen (zeile TEXT PRIMARY KEY)",
            SQL(
                sqlite: "",
                postgres: """
                    CREATE FUNCTION verlauf_merken() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN
                        INSERT INTO verlauf_offen (zeile) SELECT id FROM neue_zeilen ON CONFLICT DO NOTHING;
                        RETURN NULL;
                    END
                    $$
                    """),
            SQL(
                sqlite: """
                    CREATE TRIGGER verlauf_merken AFTER INSERT ON verlauf
                    BEGIN INSERT OR IGNORE INTO verlauf_offen (zeile) VALUES (new.id); END
                    """,
                postgres: """
                    CREATE TRIGGER verlauf_merken AFTER INSERT ON verlauf REFERENCING NEW TABLE AS neue_zeilen
                    FOR EACH STATEMENT EXECUTE FUNCTION verlauf_merken()
                    """),
            "INSERT INTO verlauf_offen (zeile) SELECT id FROM verlauf",
            // What personal values are hashed with; without its salt a hash says nothing any more.
            """
            CREATE TABLE verlauf_salz (
                bezug TEXT PRIMARY KEY,
                salz BYTEA NOT NULL,
                am BIGINT NOT NULL
            )
            """,
            // In the order in which the Verlauf is read, so that a page reads its own lines alone.
            "DROP INDEX verlauf_am", "DROP INDEX verlauf_organisation",
            "CREATE INDEX verlauf_zeit ON verlauf (am, id)",
            "CREATE INDEX verlauf_zeit_organisation ON verlauf (organisation, am, id)",
            "CREATE INDEX verlauf_zeit_person ON verlauf (person, am, id)",
            "CREATE INDEX verlauf_zeit_art ON verlauf (art, am, id)",
            // What happened to a service itself, among the many entries that name it.
            """
            CREATE INDEX verlauf_dienst_selbst ON verlauf (dienst, id) WHERE eintrag IS NULL AND dienst IS NOT NULL
            """),
        Migration(
            "kernel-0003-leser",
            // How far each reader of the sealed Verlauf has come, by chain, and the newest seal it has seen.
            "CREATE TABLE verlauf_leser (leser TEXT PRIMARY KEY, gesehen BIGINT NOT NULL)",
            """
            CREATE TABLE verlauf_leser_kette (
                leser TEXT NOT NULL,
                kette TEXT NOT NULL,
                nummer BIGINT NOT NULL,
                PRIMARY KEY (leser, kette)
            )
            """,
            "CREATE INDEX verlauf_kette_am ON verlauf_kette (am)"),
        Migration(
            "kernel-0004-idempotenz",
            // Requests of programs that may come twice, with the answer of the first.
            """
            CREATE TABLE idempotenz (
                person TEXT NOT NULL,
                schluessel TEXT NOT NULL,
                abdruck TEXT NOT NULL,
                am BIGINT NOT NULL,
                status BIGINT,
                ort TEXT,
                antwort TEXT,
                PRIMARY KEY (person, schluessel)
            )
            """,
            "CREATE INDEX idempotenz_am ON idempotenz (am)"),
    ]
}
