import Kernel
import Storage

/// What the ids in some lines of the Verlauf are called, looked up together.
struct Verlaufsnamen: Sendable {
    struct Ziel: Sendable { let name: String, pfad: String? }

    private(set) var personen: [Person.ID: String] = [:]
    private(set) var organisationen: [String: Ziel] = [:]
    private(set) var eintraege: [String: Ziel] = [:]
    private(set) var dienste: [String: Ziel] = [:]
    private(set) var leistungen: [String: Ziel] = [:]

    init(_ zeilen: [Verlaufszeile], _ konten: any Personennamen, in db: any SQLConnection) throws {
        var ids = Kennungen()
        for zeile in zeilen { ids.sammle(zeile) }
        personen = ids.personen.isEmpty ? [:] : try konten.namen(ids.personen, in: db)
        organisationen = try Self.ziele(
            "SELECT id, name, ars AS wohin FROM organisation_sicht WHERE id IN (\(ids.organisationen.sorted()))",
            ids.organisationen, in: db
        ) { id, ars in "/organisationen/\(ars ?? id)" }
        eintraege = try Self.ziele(
            """
            SELECT e.eintrag AS id, e.titel AS name, COALESCE(o.ars, o.id) AS wohin
            FROM umsetzungseintrag_name_sicht e JOIN organisation_sicht o ON o.id = e.organisation
            WHERE e.eintrag IN (\(ids.eintraege.sorted()))
            """, ids.eintraege, in: db
        ) { id, organisation in organisation.map { "/umsetzung/\($0)/\(id)" } }
        dienste = try Self.ziele(
            "SELECT id, name, slug AS wohin FROM onlinedienst_sicht WHERE id IN (\(ids.dienste.sorted()))",
            ids.dienste, in: db
        ) { _, slug in slug.map { "/dienste/\($0)" } }
        leistungen = try Self.ziele(
            "SELECT id, name, id AS wohin FROM leistung_sicht WHERE id IN (\(ids.leistungen.sorted()))",
            ids.leistungen, in: db
        ) { id, _ in "/leistungen/\(id)" }
    }

    /// Who did it; nil is the operator, and somebody without a name had an account once.
    func wer(_ person: Person.ID?) -> String {
        guard let person else { return "Der Betrieb" }
        return personen[person] ?? Verlaufsnamen.geloescht
    }

    static let geloescht = "gelöschtes Konto"

    private static func ziele(
        _ sql: SQL, _ ids: Set<String>, in db: any SQLConnection, pfad: (String, String?) -> String?
    ) throws -> [String: Ziel] {
        guard !ids.isEmpty else { return [:] }
        var found: [String: Ziel] = [:]
        for row in try db.rows(sql) {
            let id: String = try row["id"]
            found[id] = Ziel(name: try row["name"], pfad: pfad(id, try row["wohin"]))
        }
        return found
    }

    /// The ids that lines name, by what they are of.
    private struct Kennungen {
        var personen: Set<Person.ID> = []
        var organisationen: Set<String> = []
        var eintraege: Set<String> = []
        var dienste: Set<String> = []
        var leistungen: Set<String> = []

        mutating func sammle(_ zeile: Verlaufszeile) {
            if let person = zeile.person { personen.insert(person) }
            if let organisation = zeile.organisation { organisationen.insert(organisation) }
            if let eintrag = zeile.eintrag { eintraege.insert(eintrag) }
            if let dienst = zeile.dienst { dienste.insert(dienst) }
            if let leistung = zeile.leistung { leistungen.insert(leistung) }
            for wert in [zeile.von, zeile.nach].compactMap({ $0 }) where wert.utf8.count <= 64 {
                if zeile.art.hasPrefix("delegation_") || zeile.art == Verlauf.Art.nachfolgeUebertragen.rawValue {
                    organisationen.insert(wert)
                    continue
                }
                switch zeile.feld {
                case "onlinedienst": dienste.insert(wert)
                case "anbieter", "organisation": organisationen.insert(wert)
                default:
                    guard zeile.eintrag == nil, zeile.dienst == nil, Kennung.istKennung(wert) else { continue }
                    // Lines about roles and accounts name persons; what is none has no name and stays what it is.
                    personen.insert(Person.ID(rawValue: wert))
                }
            }
        }
    }
}
