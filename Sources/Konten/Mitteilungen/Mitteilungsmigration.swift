import Storage

/// What letters in the background and notifications need beside the accounts.
enum Mitteilungsmigration {
    static let schritt = Migration(
        "konten-0008-mitteilungen",
        "ALTER TABLE person ADD COLUMN mitteilungen TEXT NOT NULL DEFAULT 'taeglich'",
        // Since when and why nothing is sent to the address.
        "ALTER TABLE person ADD COLUMN markiert_am BIGINT",
        "ALTER TABLE person ADD COLUMN markierung TEXT",
        // The address of before, until it was told of the change.
        "ALTER TABLE person ADD COLUMN email_vorher TEXT",
        // The letter that carries the link; each attempt at sending it makes one more link.
        "ALTER TABLE einmallink ADD COLUMN brief TEXT",
        "CREATE INDEX einmallink_brief ON einmallink (brief) WHERE brief IS NOT NULL",
        // What a person is to be told of; `brief` is the letter that will tell it.
        """
        CREATE TABLE mitteilung (
            id TEXT PRIMARY KEY,
            person TEXT NOT NULL,
            organisation TEXT NOT NULL,
            art TEXT NOT NULL,
            urheber TEXT NOT NULL,
            eintrag TEXT NOT NULL,
            zeile TEXT NOT NULL,
            anzahl BIGINT NOT NULL,
            am BIGINT NOT NULL,
            brief TEXT
        )
        """,
        "CREATE INDEX mitteilung_person ON mitteilung (person, organisation, id)",
        "CREATE INDEX mitteilung_brief ON mitteilung (brief) WHERE brief IS NOT NULL",
        "CREATE INDEX mitteilung_alter ON mitteilung (am)")
}
