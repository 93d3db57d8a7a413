package import Storage

package enum PostMigrations {
    package static let all = [
        Migration(
            "post-0001-brief",
            // The log of letters: neither address nor text.
            """
            CREATE TABLE brief (
                id TEXT PRIMARY KEY,
                art TEXT NOT NULL,
                person TEXT,
                empfaenger TEXT,
                zustand TEXT NOT NULL,
                versuche BIGINT NOT NULL DEFAULT 0,
                grund TEXT,
                angelegt_am BIGINT NOT NULL,
                verschickt_am BIGINT,
                ruecklauf TEXT
            )
            """,
            "CREATE INDEX brief_zustand ON brief (zustand, id)",
            "CREATE INDEX brief_person ON brief (person, id) WHERE person IS NOT NULL",
            "CREATE INDEX brief_alter ON brief (angelegt_am)")
    ]
}
