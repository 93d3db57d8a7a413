package import Storage

package enum DateienMigrations {
    package static let all = [
        // Content is kept once however often it is attached; how often follows from the rows that name it.
        Migration(
            "dateien-0001-dateien",
            """
            CREATE TABLE datei_inhalt (
                sha256 TEXT PRIMARY KEY,
                groesse BIGINT NOT NULL,
                ablage TEXT NOT NULL CHECK (ablage IN ('ordner', 's3')),
                ort TEXT NOT NULL UNIQUE,
                geprueft_am BIGINT,
                am BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE datei (
                id TEXT PRIMARY KEY,
                bezug_art TEXT NOT NULL CHECK (bezug_art IN ('eintrag', 'dienst')),
                bezug TEXT NOT NULL,
                inhalt TEXT NOT NULL REFERENCES datei_inhalt (sha256),
                name TEXT NOT NULL,
                art TEXT NOT NULL,
                beschreibung TEXT,
                person TEXT,
                am BIGINT NOT NULL,
                UNIQUE (bezug_art, bezug, inhalt)
            )
            """,
            "CREATE INDEX datei_inhalt_bezug ON datei (inhalt)",
            "CREATE INDEX datei_person ON datei (person)",
            """
            CREATE VIEW datei_inhalt_sicht AS
            SELECT sha256, groesse, ablage, ort FROM datei_inhalt
            """)
    ]
}
