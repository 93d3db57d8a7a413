import Storage

extension KontenMigrations {
    /// What invitations need beside the tables of the roles.
    static let einladung = Migration(
        "konten-0004-einladung",
        // Set until the invited person chooses a password.
        "ALTER TABLE person ADD COLUMN eingeladen_am BIGINT",
        // The office for which a role is held, in the words of the house.
        "ALTER TABLE amt ADD COLUMN stelle TEXT",
        // What became of the letter with the link: both empty while it is on its way or when it is handed over.
        "ALTER TABLE einmallink ADD COLUMN versandt_am BIGINT",
        "ALTER TABLE einmallink ADD COLUMN versandfehler TEXT",
        // A sheet that waits for the decision to invite; kept for a day at most.
        """
        CREATE TABLE einladungsliste (
            id TEXT PRIMARY KEY,
            organisation TEXT NOT NULL,
            person TEXT NOT NULL REFERENCES person (id),
            dateiname TEXT NOT NULL,
            inhalt BYTEA NOT NULL,
            am BIGINT NOT NULL
        )
        """,
        "CREATE INDEX einladungsliste_person ON einladungsliste (person)")
}
