package import Storage

package enum JobsMigrations {
    package static let all = [
        Migration(
            "jobs-0001-job",
            """
            CREATE TABLE job (
                id TEXT PRIMARY KEY,
                art TEXT NOT NULL,
                daten TEXT NOT NULL,
                schluessel TEXT,
                wirkung BIGINT NOT NULL,
                rang BIGINT NOT NULL,
                zustand TEXT NOT NULL,
                faellig BIGINT NOT NULL,
                anspruch TEXT,
                versuche BIGINT NOT NULL DEFAULT 0,
                hoechstens BIGINT NOT NULL,
                spurlos BOOLEAN NOT NULL,
                person TEXT,
                angelegt_am BIGINT NOT NULL,
                begonnen_am BIGINT,
                beendet_am BIGINT,
                getan BIGINT NOT NULL DEFAULT 0,
                gesamt BIGINT,
                meldung TEXT,
                abbruch BOOLEAN NOT NULL DEFAULT FALSE,
                nochmal BOOLEAN NOT NULL DEFAULT FALSE
            )
            """,
            // What can be claimed, in the order in which it is; a worker reads the beginning of one rank.
            "CREATE INDEX job_faellig ON job (wirkung, rang, faellig, id) WHERE zustand IN ('wartet', 'laeuft')",
            // One waiting or running job of a kind and key.
            """
            CREATE UNIQUE INDEX job_einmal ON job (art, schluessel)
            WHERE schluessel IS NOT NULL AND zustand IN ('wartet', 'laeuft')
            """,
            "CREATE INDEX job_schluessel ON job (art, schluessel) WHERE schluessel IS NOT NULL",
            "CREATE INDEX job_liste ON job (zustand, id)",
            "CREATE INDEX job_ende ON job (beendet_am, id) WHERE beendet_am IS NOT NULL",
            "CREATE INDEX job_person ON job (person, id) WHERE person IS NOT NULL",
            // When each scheduled kind is due next, and how it went last.
            """
            CREATE TABLE job_plan (
                art TEXT PRIMARY KEY,
                naechster BIGINT NOT NULL,
                letzter_am BIGINT,
                letzte_dauer BIGINT,
                letzter_gelang BOOLEAN,
                letzte_meldung TEXT
            )
            """)
    ]
}
