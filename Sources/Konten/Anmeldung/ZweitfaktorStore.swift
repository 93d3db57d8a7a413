package import Kernel
package import Storage

/// Every statement about second factors and recovery codes.
package enum ZweitfaktorStore {
    /// The secret of a person and the last half minute used; nil without a second factor.
    static func faktor(of person: Person.ID, in db: any SQLConnection) throws -> (totp: TOTP, schritt: Int?)? {
        let found = try db.rows("SELECT totp, totp_schritt FROM person WHERE id = \(person) AND totp IS NOT NULL")
        guard let row = found.first, let totp = TOTP(base32: try row["totp"]) else { return nil }
        return (totp, try row["totp_schritt"])
    }

    /// Whether the person has set up a second factor.
    package static func istEingerichtet(_ person: Person.ID, in db: any SQLConnection) throws -> Bool {
        try faktor(of: person, in: db) != nil
    }

    static func codesUebrig(_ person: Person.ID, in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM wiederherstellungscode WHERE person = \(person)") ?? 0
    }

    /// Uses up a code of the app or a recovery code; of two that come together with the same one, one succeeds.
    static func loeseEin(_ code: String, of person: Person.ID, am: Instant, in db: any SQLConnection) throws -> Bool {
        if let recovery = Wiederherstellungscode.gelesen(code) {
            let hash = Wiederherstellungscode.hash(recovery, of: person)
            guard try istEingerichtet(person, in: db) else { return false }
            return try db.execute(
                "DELETE FROM wiederherstellungscode WHERE person = \(person) AND code_hash = \(hash)") == 1
        }
        let digits = code.filter { !$0.isWhitespace }
        guard let (totp, last) = try faktor(of: person, in: db), let step = totp.schritt(digits, am: am, nach: last)
        else { return false }
        // The condition is asked again once the row is ours, so the same step is never taken twice.
        return try db.execute(
            """
            UPDATE person SET totp_schritt = \(step)
            WHERE id = \(person) AND totp = \(totp.base32) AND (totp_schritt IS NULL OR totp_schritt < \(step))
            """) == 1
    }

    /// Sets up a second factor with fresh recovery codes, whose plain text is told this once.
    static func richteEin(
        _ totp: TOTP, schritt: Int, codes: [String], durch urheber: Urheber, of person: Person.ID,
        in db: any SQLConnection
    ) throws {
        try db.execute("UPDATE person SET totp = \(totp.base32), totp_schritt = \(schritt) WHERE id = \(person)")
        try setze(codes, of: person, in: db)
        try VerlaufStore.append([Verlauf(.zweiterFaktorGesetzt, nach: person.rawValue)], durch: urheber, in: db)
    }

    /// Replaces all recovery codes.
    static func erneuere(
        _ codes: [String], durch urheber: Urheber, of person: Person.ID, in db: any SQLConnection
    ) throws {
        try setze(codes, of: person, in: db)
        try VerlaufStore.append([Verlauf(.codesErneuert, nach: person.rawValue)], durch: urheber, in: db)
    }

    /// Takes the second factor and its recovery codes away, e.g. when it is lost.
    package static func entferne(
        of person: Person.ID, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let gone = try db.execute(
            "UPDATE person SET totp = NULL, totp_schritt = NULL WHERE id = \(person) AND totp IS NOT NULL")
        try db.execute("DELETE FROM wiederherstellungscode WHERE person = \(person)")
        guard gone > 0 else { return }
        // A role that demands a factor must not count in a session of a person who has none any more.
        try SitzungStore.senke(of: person, in: db)
        try ZugangStore.senke(of: person, in: db)
        try VerlaufStore.append([Verlauf(.zweiterFaktorEntfernt, nach: person.rawValue)], durch: urheber, in: db)
    }

    private static func setze(_ codes: [String], of person: Person.ID, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM wiederherstellungscode WHERE person = \(person)")
        let hashes = codes.compactMap(Wiederherstellungscode.gelesen).map {
            Wiederherstellungscode.hash($0, of: person)
        }
        try db.insert(
            into: "wiederherstellungscode", columns: ["person", "code_hash"],
            rows: hashes.map { [person.sqlValue, .text($0)] })
    }
}
