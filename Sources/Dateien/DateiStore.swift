import Kernel
package import Storage

/// Every statement about files.
package enum DateiStore {
    private static let query: SQL =
        "SELECT \(Datei.columns) FROM datei JOIN datei_inhalt ON datei_inhalt.sha256 = datei.inhalt"

    package static func find(_ id: String, in db: any SQLConnection) throws -> Datei? {
        try db.first("\(query) WHERE datei.id = \(id)")
    }

    package static func alle(_ bezug: Dateibezug, in db: any SQLConnection) throws -> [Datei] {
        try db.all(
            """
            \(query) WHERE datei.bezug_art = \(bezug.art) AND datei.bezug = \(bezug.id) ORDER BY datei.am, datei.id
            """)
    }

    static func anzahl(_ bezug: Dateibezug, in db: any SQLConnection) throws -> Int {
        try db.value(
            "SELECT count(*) FROM datei WHERE bezug_art = \(bezug.art) AND bezug = \(bezug.id)") ?? 0
    }

    /// Bytes of all files at records of an Organisation; each counts where it hangs.
    package static func summe(organisation: String, in db: any SQLConnection) throws -> Int {
        try db.value(
            """
            SELECT coalesce(sum(datei_inhalt.groesse), 0)
            FROM datei JOIN datei_inhalt ON datei_inhalt.sha256 = datei.inhalt
            WHERE (datei.bezug_art = 'eintrag' AND datei.bezug IN (
                       SELECT eintrag FROM umsetzungseintrag_name_sicht WHERE organisation = \(organisation)))
               OR (datei.bezug_art = 'dienst' AND datei.bezug IN (
                       SELECT id FROM onlinedienst_sicht WHERE anbieter = \(organisation)))
            """) ?? 0
    }

    package static func inhalt(_ sha256: String, in db: any SQLConnection) throws -> Dateiinhaltszeile? {
        try db.first(
            "SELECT sha256, groesse, ablage, ort, geprueft_am FROM datei_inhalt WHERE sha256 = \(sha256)")
    }

    /// Whoever adds the first or removes the last attachment of a content waits for the other.
    private static func sperre(_ sha256: String, in db: any SQLConnection) throws { try db.lock("datei \(sha256)") }

    /// What became of a wish to attach.
    enum Ergebnis: Sendable, Equatable {
        case angehaengt(String)
        /// The content is not stored yet, or no longer: it must be put somewhere first.
        case inhaltFehlt
        /// The content was there already; what was put for it is not needed.
        case doppeltAbgelegt(String)
    }

    /// Attaches content that is stored already, else `neu`, which was put in its place before.
    ///
    /// - Throws: `FormErrors` for a file that hangs there already, or one too many.
    static func haengeAn(
        _ datei: Dateiwunsch, an bezug: Dateibezug, neu: Dateiinhaltszeile?, grenzen: Dateigrenzen,
        durch urheber: Urheber, in db: any SQLConnection
    ) throws -> Ergebnis {
        try db.lock("dateien \(bezug.organisation)")
        try sperre(datei.sha256, in: db)
        var errors = FormErrors()
        let there = try alle(bezug, in: db)
        if let same = there.first(where: { $0.inhalt == datei.sha256 }) {
            errors.add("datei", "Diese Datei hängt hier schon an: „\(same.name)“.")
        } else if there.count >= grenzen.jeDatensatz {
            errors.add("datei", grenzen.zuViele)
        } else if try summe(organisation: bezug.organisation, in: db) + datei.groesse > grenzen.jeOrganisation {
            errors.add("datei", grenzen.voll)
        }
        guard errors.isEmpty else { throw errors }
        let known = try inhalt(datei.sha256, in: db)
        guard known != nil || neu != nil else { return .inhaltFehlt }
        if known == nil, let neu {
            try db.execute(
                """
                INSERT INTO datei_inhalt (sha256, groesse, ablage, ort, geprueft_am, am)
                VALUES (\(neu.sha256), \(neu.groesse), \(neu.ablage), \(neu.ort), \(neu.geprueftAm), \(urheber.am))
                """)
        } else if let geprueft = datei.geprueftAm {
            try merke(geprueft: datei.sha256, am: geprueft, in: db)
        }
        let id = Kennung.neu(urheber.am)
        try db.execute(
            """
            INSERT INTO datei (id, bezug_art, bezug, inhalt, name, art, beschreibung, person, am)
            VALUES (\(id), \(bezug.art), \(bezug.id), \(datei.sha256), \(datei.name.text), \(datei.art),
                    \(datei.beschreibung), \(urheber.person), \(urheber.am))
            """)
        try VerlaufStore.append(
            [bezug.verlauf(.dateiAngehaengt, nach: datei.name.text)], durch: urheber, in: db)
        return known != nil && neu != nil ? .doppeltAbgelegt(id) : .angehaengt(id)
    }

    /// Takes an attachment away; what it returns is content that nothing names any more.
    static func entferne(
        _ datei: Datei, von bezug: Dateibezug, durch urheber: Urheber, in db: any SQLConnection
    ) throws -> Dateiinhaltszeile? {
        try sperre(datei.inhalt, in: db)
        guard try db.execute("DELETE FROM datei WHERE id = \(datei.id)") > 0 else { return nil }
        try VerlaufStore.append([bezug.verlauf(.dateiEntfernt, von: datei.name)], durch: urheber, in: db)
        let others: Int = try db.value("SELECT count(*) FROM datei WHERE inhalt = \(datei.inhalt)") ?? 0
        guard others == 0, let inhalt = try inhalt(datei.inhalt, in: db) else { return nil }
        try db.execute("DELETE FROM datei_inhalt WHERE sha256 = \(datei.inhalt)")
        return inhalt
    }

    /// Names another place for content; false when its row says something else by now.
    static func verlege(
        _ row: Dateiinhaltszeile, nach ort: String, ablage: String, geprueftAm: Instant?, in db: any SQLConnection
    ) throws -> Bool {
        try sperre(row.sha256, in: db)
        return try db.execute(
            """
            UPDATE datei_inhalt SET ort = \(ort), ablage = \(ablage), geprueft_am = \(geprueftAm)
            WHERE sha256 = \(row.sha256) AND ort = \(row.ort)
            """) == 1
    }

    static func merke(geprueft sha256: String, am: Instant, in db: any SQLConnection) throws {
        try db.execute("UPDATE datei_inhalt SET geprueft_am = \(am) WHERE sha256 = \(sha256)")
    }

    /// Those of the places that a row names.
    static func benannte(_ orte: [String], ablage: String, in db: any SQLConnection) throws -> Set<String> {
        var found: Set<String> = []
        for ort in orte {
            let known: Int? = try db.value("SELECT 1 FROM datei_inhalt WHERE ort = \(ort) AND ablage = \(ablage)")
            if known != nil { found.insert(ort) }
        }
        return found
    }
}

/// A file that was checked and is to be attached.
struct Dateiwunsch: Sendable, Equatable {
    let name: Dateiname
    let art: Dateiart
    let beschreibung: String?
    let sha256: String
    let groesse: Int
    let geprueftAm: Instant?
}

/// How much may be attached.
package struct Dateigrenzen: Sendable, Equatable {
    /// Bytes of one file.
    package let jeDatei: Int
    package let jeDatensatz: Int
    /// Bytes of all files at records of an Organisation.
    package let jeOrganisation: Int

    package init(jeDatei: Int = 50 << 20, jeDatensatz: Int = 50, jeOrganisation: Int = 5 << 30) {
        (self.jeDatei, self.jeDatensatz, self.jeOrganisation) = (jeDatei, jeDatensatz, jeOrganisation)
    }

    var hoechstgroesse: String {
        jeDatei % (1 << 20) == 0 ? "\(jeDatei >> 20) MB" : Datei.groesse(jeDatei)
    }

    var zuGross: Refusal { Refusal(.tooLarge, "Die Datei ist zu groß: höchstens \(hoechstgroesse) je Datei.") }

    var zuViele: String {
        "Hier hängen schon \(jeDatensatz) Dateien, mehr geht nicht. Entfernen Sie erst eine, die niemand mehr braucht."
    }

    var voll: String {
        "Der Platz für Dateien dieser Organisation (\(Datei.groesse(jeOrganisation))) reicht dafür nicht. Entfernen Sie Dateien, die niemand mehr braucht, oder fragen Sie die Betriebsstelle."
    }
}
