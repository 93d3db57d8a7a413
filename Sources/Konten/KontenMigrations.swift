package import Storage

package enum KontenMigrations {
    package static let all = [
        Migration(
            "konten-0001-person",
            """
            CREATE TABLE person (
                id TEXT PRIMARY KEY,
                email TEXT NOT NULL UNIQUE,
                kennwort TEXT NOT NULL,
                angelegt_am BIGINT NOT NULL
            )
            """,
            // An empty organisation stands for the whole installation.
            """
            CREATE TABLE amt (
                person TEXT NOT NULL REFERENCES person (id),
                rolle TEXT NOT NULL,
                organisation TEXT NOT NULL,
                PRIMARY KEY (person, rolle, organisation)
            )
            """,
            """
            CREATE TABLE sitzung (
                token_hash TEXT PRIMARY KEY,
                person TEXT NOT NULL REFERENCES person (id),
                csrf TEXT NOT NULL,
                seit BIGINT NOT NULL,
                bis BIGINT NOT NULL
            )
            """,
            "CREATE INDEX sitzung_person ON sitzung (person)",
            "CREATE INDEX sitzung_bis ON sitzung (bis)")
    ]
}
