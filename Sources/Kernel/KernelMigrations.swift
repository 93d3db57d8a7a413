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
            "CREATE INDEX verlauf_dienst ON verlauf (dienst, am)")
    ]
}
