import Kernel
import Storage

/// A sheet of invitations that waits for the decision; kept for a day at most.
struct Einladungsliste: Sendable {
    let id: String
    let organisation: String
    let person: Person.ID
    let dateiname: String
    let inhalt: [UInt8]
    let am: Instant
}

extension Einladungsliste: RowDecodable {
    init(row: Row) throws {
        id = try row["id"]
        organisation = try row["organisation"]
        person = try row["person"]
        dateiname = try row["dateiname"]
        let blob: Blob = try row["inhalt"]
        inhalt = blob.bytes
        am = try row["am"]
    }
}

/// Every statement that touches `einladungsliste`.
enum EinladungslisteStore {
    static let aufbewahrung = 24 * 60 * 60

    /// Sheets of one person that wait at a time; a forgotten one makes room.
    static let hoechstens = 5

    /// Stores a sheet and forgets those older than a day.
    static func insert(_ liste: Einladungsliste, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM einladungsliste WHERE am < \(liste.am.plus(sekunden: -aufbewahrung))")
        try db.execute(
            """
            INSERT INTO einladungsliste (id, organisation, person, dateiname, inhalt, am)
            VALUES (\(liste.id), \(liste.organisation), \(liste.person), \(liste.dateiname), \(Blob(liste.inhalt)),
                    \(liste.am))
            """)
        try db.execute(
            """
            DELETE FROM einladungsliste WHERE person = \(liste.person) AND id NOT IN (
                SELECT id FROM einladungsliste WHERE person = \(liste.person) ORDER BY id DESC LIMIT \(hoechstens))
            """)
    }

    /// The sheet of this very person.
    static func find(_ id: String, organisation: String, person: Person.ID, am: Instant, in db: any SQLConnection)
        throws -> Einladungsliste?
    {
        try db.first(
            """
            SELECT id, organisation, person, dateiname, inhalt, am FROM einladungsliste
            WHERE id = \(id) AND organisation = \(organisation) AND person = \(person)
                  AND am >= \(am.plus(sekunden: -aufbewahrung))
            """)
    }

    static func delete(_ id: String, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM einladungsliste WHERE id = \(id)")
    }
}
