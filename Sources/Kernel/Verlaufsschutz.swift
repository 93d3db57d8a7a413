import Crypto
package import Storage

extension Verlauf {
    /// What stands in the Verlauf for a value that says something about a person: that it changed, not what it says.
    ///
    /// HMAC-SHA256 under a salt of the database: equal values of one `bezug` can be recognised, none can be read.
    /// `bezug` names whose value it is, e.g. the id of a person or a contact; without one it belongs to the whole
    /// installation. `VerlaufStore.vergissSalz` makes all hashes of a `bezug` meaningless.
    package static func persoenlich(
        _ wert: String?, von bezug: String? = nil, in db: any SQLConnection
    ) throws -> String? {
        guard let wert else { return nil }
        let key = SymmetricKey(data: try VerlaufStore.salz(bezug ?? "", in: db))
        let code = HMAC<SHA256>.authenticationCode(for: Array(wert.utf8), using: key)
        return geschuetztVorsatz + code.hex
    }

    private static let geschuetztVorsatz = "hmac-sha256:"

    /// Whether a value of the Verlauf stands for one that nobody may read there.
    package static func istGeschuetzt(_ wert: String) -> Bool {
        wert.utf8.count == geschuetztVorsatz.utf8.count + 64 && wert.hasPrefix(geschuetztVorsatz)
    }
}

extension VerlaufStore {
    /// The salt of somebody's or something's values, made when it is first asked for.
    fileprivate static func salz(_ bezug: String, in db: any SQLConnection) throws -> [UInt8] {
        if let known = try bekanntesSalz(bezug, in: db) { return known }
        let fresh = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        try db.execute(
            """
            INSERT INTO verlauf_salz (bezug, salz, am) VALUES (\(bezug), \(Blob(fresh)), \(Instant.jetzt()))
            ON CONFLICT DO NOTHING
            """)
        // Another server may have been first.
        return try bekanntesSalz(bezug, in: db) ?? fresh
    }

    private static func bekanntesSalz(_ bezug: String, in db: any SQLConnection) throws -> [UInt8]? {
        let salz: Blob? = try db.value("SELECT salz FROM verlauf_salz WHERE bezug = \(bezug)")
        return salz?.bytes
    }

    /// Makes what the Verlauf holds about the values of a person or a record meaningless, without touching a line.
    package static func vergissSalz(von bezug: String, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM verlauf_salz WHERE bezug = \(bezug)")
    }
}

/// Tells what people are called; the room of accounts supplies it.
package protocol Personennamen: Sendable {
    /// Names by id; whoever is not in it has no account any more.
    func namen(_ ids: Set<Person.ID>, in db: any SQLConnection) throws -> [Person.ID: String]
}

/// Tells how people say a value that a room wrote into the Verlauf; the rooms supply it.
package protocol Verlaufsworte: Sendable {
    func wort(feld: String, wert: String) -> String?
}
