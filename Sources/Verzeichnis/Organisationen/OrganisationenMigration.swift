import Storage

extension VerzeichnisMigrations {
    /// Offices as a tree; the closed and the merged ones stay, so that old addresses go on leading somewhere.
    static let einheiten = Migration(
        "verzeichnis-0004-einheiten",
        """
        CREATE TABLE organisationseinheit (
            id TEXT PRIMARY KEY,
            organisation TEXT NOT NULL REFERENCES organisation (id),
            ueber TEXT REFERENCES organisationseinheit (id),
            rang BIGINT NOT NULL,
            name TEXT NOT NULL,
            kuerzel TEXT,
            sortname TEXT NOT NULL,
            gueltig_bis TEXT,
            aufgegangen_in TEXT REFERENCES organisationseinheit (id),
            version BIGINT NOT NULL,
            CHECK (ueber <> id AND aufgegangen_in <> id)
        )
        """,
        "CREATE INDEX organisationseinheit_organisation ON organisationseinheit (organisation, rang)",
        "CREATE INDEX organisationseinheit_ueber ON organisationseinheit (ueber)",
        "CREATE INDEX organisationseinheit_aufgegangen ON organisationseinheit (aufgegangen_in)",
        """
        CREATE VIEW organisationseinheit_sicht AS
        SELECT id, organisation, ueber, rang, name, kuerzel, sortname, gueltig_bis, aufgegangen_in
        FROM organisationseinheit
        """)

    /// What an authority says about itself: contacts, procedures, IT providers and legal statuses.
    static let angaben = Migration(
        "verzeichnis-0005-angaben",
        "ALTER TABLE organisation ADD COLUMN webadresse TEXT",
        "ALTER TABLE organisation ADD COLUMN version BIGINT NOT NULL DEFAULT 1",
        "CREATE INDEX organisation_sortname ON organisation (sortname, id)",
        """
        CREATE TABLE ansprechpartner (
            id TEXT PRIMARY KEY,
            organisation TEXT NOT NULL REFERENCES organisation (id),
            einheit TEXT REFERENCES organisationseinheit (id),
            funktion TEXT NOT NULL,
            name TEXT,
            email TEXT,
            telefon TEXT,
            zweck TEXT NOT NULL,
            rechtsgrundlage TEXT NOT NULL,
            oeffentlich BOOLEAN NOT NULL,
            gilt_bis TEXT NOT NULL,
            version BIGINT NOT NULL
        )
        """,
        "CREATE INDEX ansprechpartner_organisation ON ansprechpartner (organisation)",
        "CREATE INDEX ansprechpartner_einheit ON ansprechpartner (einheit)",
        "CREATE INDEX ansprechpartner_gilt_bis ON ansprechpartner (gilt_bis)",
        """
        CREATE TABLE fachverfahren (
            id TEXT PRIMARY KEY,
            organisation TEXT NOT NULL REFERENCES organisation (id),
            einheit TEXT REFERENCES organisationseinheit (id),
            art TEXT NOT NULL CHECK (art IN ('fachverfahren', 'formularsystem', 'portal')),
            produkt TEXT NOT NULL,
            hersteller TEXT,
            fassung TEXT,
            schnittstellen TEXT,
            gilt_von TEXT,
            gilt_bis TEXT,
            version BIGINT NOT NULL
        )
        """,
        "CREATE INDEX fachverfahren_organisation ON fachverfahren (organisation)",
        "CREATE INDEX fachverfahren_einheit ON fachverfahren (einheit)",
        // Without `dienstleister` the name is a proposal: the directory does not know that provider yet.
        """
        CREATE TABLE it_dienstleister (
            id TEXT PRIMARY KEY,
            organisation TEXT NOT NULL REFERENCES organisation (id),
            dienstleister TEXT REFERENCES organisation (id),
            name TEXT NOT NULL,
            suchname TEXT NOT NULL,
            aufgabe TEXT,
            gilt_von TEXT,
            gilt_bis TEXT,
            version BIGINT NOT NULL
        )
        """,
        "CREATE INDEX it_dienstleister_organisation ON it_dienstleister (organisation)",
        "CREATE INDEX it_dienstleister_dienstleister ON it_dienstleister (dienstleister)",
        "CREATE INDEX it_dienstleister_vorschlag ON it_dienstleister (suchname) WHERE dienstleister IS NULL",
        """
        CREATE TABLE rechtsstatus (
            id TEXT PRIMARY KEY,
            organisation TEXT NOT NULL REFERENCES organisation (id),
            status TEXT NOT NULL,
            zusatz TEXT,
            gilt_von TEXT,
            gilt_bis TEXT,
            quelle TEXT NOT NULL,
            version BIGINT NOT NULL
        )
        """,
        "CREATE INDEX rechtsstatus_organisation ON rechtsstatus (organisation)",
        """
        CREATE VIEW rechtsstatus_sicht AS
        SELECT id, organisation, status, zusatz, gilt_von, gilt_bis, quelle FROM rechtsstatus
        """)
}
