import Storage

enum OpenIDConnectMigration {
    static let schritt = Migration(
        "konten-0005-oidc",
        // Sign-ins through the provider that are over, so that none is used twice; rows live for an hour.
        """
        CREATE TABLE fremdanmeldung (
            zustand TEXT PRIMARY KEY,
            am BIGINT NOT NULL
        )
        """,
        "CREATE INDEX fremdanmeldung_am ON fremdanmeldung (am)",
        // Roles that the rules of the provider gave and may take again.
        """
        CREATE TABLE fremdamt (
            person TEXT NOT NULL REFERENCES person (id),
            rolle TEXT NOT NULL,
            organisation TEXT NOT NULL,
            PRIMARY KEY (person, rolle, organisation)
        )
        """)
}
