import Storage

extension VerzeichnisMigrations {
    /// Boundaries: one row a place, one row a line between places; see `Grenzcode` for the bytes.
    static let grenze = Migration(
        "verzeichnis-0003-grenze",
        """
        CREATE TABLE grenzstand (
            ebene TEXT PRIMARY KEY CHECK (ebene IN ('gemeinden', 'kreise', 'laender')),
            vermerk TEXT NOT NULL,
            nummer BIGINT NOT NULL
        )
        """,
        // West to nord in hundred-thousandths of a degree.
        """
        CREATE TABLE grenze (
            ebene TEXT NOT NULL,
            schluessel TEXT NOT NULL,
            west BIGINT NOT NULL,
            sued BIGINT NOT NULL,
            ost BIGINT NOT NULL,
            nord BIGINT NOT NULL,
            flaechen BYTEA NOT NULL,
            pruefsumme BIGINT NOT NULL,
            PRIMARY KEY (ebene, schluessel)
        )
        """,
        "CREATE INDEX grenze_rahmen ON grenze (ebene, west, ost, sued, nord)",
        // The lines of a place, of its neighbours and of a whole Land are found by the keys of their two sides.
        """
        CREATE TABLE grenzlinie (
            ebene TEXT NOT NULL,
            nummer BIGINT NOT NULL,
            von TEXT NOT NULL,
            bis TEXT NOT NULL,
            punkte BYTEA NOT NULL,
            PRIMARY KEY (ebene, nummer)
        )
        """,
        "CREATE INDEX grenzlinie_von ON grenzlinie (ebene, von)",
        "CREATE INDEX grenzlinie_bis ON grenzlinie (ebene, bis)",
        """
        CREATE VIEW grenze_sicht AS
        SELECT grenze.ebene, grenze.schluessel, gebiet.id AS gebiet, gebiet.ars, gebiet.name, grenze.west, grenze.sued,
               grenze.ost, grenze.nord
        FROM grenze LEFT JOIN gebiet ON gebiet.ags = grenze.schluessel AND gebiet.gueltig_bis IS NULL
        WHERE grenze.ebene = 'gemeinden'
        UNION ALL
        SELECT grenze.ebene, grenze.schluessel, gebiet.id, gebiet.ars, gebiet.name, grenze.west, grenze.sued,
               grenze.ost, grenze.nord
        FROM grenze LEFT JOIN gebiet
            ON gebiet.ars IN (grenze.schluessel, grenze.schluessel || '0000000') AND gebiet.gueltig_bis IS NULL
        WHERE grenze.ebene = 'kreise'
        UNION ALL
        SELECT grenze.ebene, grenze.schluessel, gebiet.id, gebiet.ars, gebiet.name, grenze.west, grenze.sued,
               grenze.ost, grenze.nord
        FROM grenze LEFT JOIN gebiet ON gebiet.ars = grenze.schluessel AND gebiet.gueltig_bis IS NULL
        WHERE grenze.ebene = 'laender'
        """)
}
