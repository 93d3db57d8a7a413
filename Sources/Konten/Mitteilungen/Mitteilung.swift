import Jobs
package import Kernel
package import Storage

/// How often a person wants to hear what others changed.
package enum Mitteilungswunsch: String, CaseIterable, Sendable, SQLConvertible {
    case taeglich, einzeln, keine

    var name: String {
        switch self {
        case .taeglich: "täglich gebündelt"
        case .einzeln: "einzeln"
        case .keine: "keine"
        }
    }
}

/// Something that somebody else did and that a person is to be told of.
package struct Mitteilung: Sendable, Equatable {
    package let id: String
    package let person: Person.ID
    /// Empty for what concerns the whole installation.
    package let organisation: String
    /// A word of `Verlauf.Art`.
    package let art: String
    /// Empty for the operator.
    package let urheber: String
    /// Empty where it is not about one.
    package let eintrag: String
    /// The line of the Verlauf, or the first of many.
    package let zeile: String
    /// How many records the lines are about that it stands for.
    package let anzahl: Int
    package let am: Instant
}

extension Mitteilung: RowDecodable {
    package init(row: Row) throws {
        id = try row["id"]
        person = try row["person"]
        organisation = try row["organisation"]
        art = try row["art"]
        urheber = try row["urheber"]
        eintrag = try row["eintrag"]
        zeile = try row["zeile"]
        anzahl = try row["anzahl"]
        am = try row["am"]
    }
}

/// Every statement that touches `mitteilung`.
package enum MitteilungStore {
    static let columns: SQL = "id, person, organisation, art, urheber, eintrag, zeile, anzahl, am"

    static func insert(_ mitteilungen: [Mitteilung], in db: any SQLConnection) throws {
        try db.insert(
            into: "mitteilung",
            columns: [
                "id", "person", "organisation", "art", "urheber", "eintrag", "zeile", "anzahl", "am",
            ],
            rows: mitteilungen.map { one in
                [
                    .text(one.id), one.person.sqlValue, .text(one.organisation), .text(one.art), .text(one.urheber),
                    .text(one.eintrag), .text(one.zeile), .integer(Int64(one.anzahl)), one.am.sqlValue,
                ]
            })
    }

    /// Whom lines of an Organisation concern: those who hold a role there, take part and can be reached.
    static func empfaenger(
        an organisation: String, in db: any SQLConnection
    ) throws -> [(person: Person.ID, wunsch: Mitteilungswunsch)] {
        try erreichbare("person.id IN (SELECT amt.person FROM amt WHERE amt.organisation = \(organisation))", in: db)
    }

    static func empfaenger(
        _ person: String, in db: any SQLConnection
    ) throws -> [(person: Person.ID, wunsch: Mitteilungswunsch)] {
        try erreichbare("person.id = \(person)", in: db)
    }

    private static func erreichbare(
        _ which: SQL, in db: any SQLConnection
    ) throws -> [(person: Person.ID, wunsch: Mitteilungswunsch)] {
        try db.rows(
            """
            SELECT person.id, person.mitteilungen FROM person
            WHERE \(which) AND person.gesperrt_am IS NULL AND person.eingeladen_am IS NULL
                  AND person.markiert_am IS NULL AND person.mitteilungen <> \(Mitteilungswunsch.keine)
            ORDER BY person.id
            """
        ).map { row in
            let wort: String = try row["mitteilungen"]
            return (person: try row["id"], wunsch: Mitteilungswunsch(rawValue: wort) ?? .taeglich)
        }
    }

    /// Persons with something that no letter tells yet; for those who want single letters only what should have had one
    /// before `vor`.
    static func wartende(vor: Instant, hoechstens: Int, in db: any SQLConnection) throws -> [Person.ID] {
        try db.rows(
            """
            SELECT DISTINCT mitteilung.person FROM mitteilung JOIN person ON person.id = mitteilung.person
            WHERE mitteilung.brief IS NULL
                  AND (person.mitteilungen = \(Mitteilungswunsch.taeglich) OR mitteilung.am < \(vor))
            ORDER BY mitteilung.person LIMIT \(hoechstens)
            """
        ).map { try $0["person"] }
    }

    /// Gives all that waits for a person, or what belongs to `buendel`, to a letter.
    @discardableResult
    static func binde(
        _ person: Person.ID, _ buendel: Mitteilungsbuendel? = nil, an brief: Job.ID, in db: any SQLConnection
    ) throws -> Int {
        try db.execute(
            "UPDATE mitteilung SET brief = \(brief) WHERE person = \(person) AND brief IS NULL \(bedingung(buendel))")
    }

    static func wartet(_ person: Person.ID, _ buendel: Mitteilungsbuendel, in db: any SQLConnection) throws -> Bool {
        let one: Int? = try db.value(
            "SELECT 1 FROM mitteilung WHERE person = \(person) AND brief IS NULL \(bedingung(buendel)) LIMIT 1")
        return one != nil
    }

    private static func bedingung(_ buendel: Mitteilungsbuendel?) -> SQL {
        buendel.map { one in
            "AND organisation = \(one.organisation) AND eintrag = \(one.eintrag) AND urheber = \(one.urheber)"
        } ?? ""
    }

    /// What a letter tells, oldest first.
    static func alle(_ brief: Job.ID, in db: any SQLConnection) throws -> [Mitteilung] {
        try db.all("SELECT \(columns) FROM mitteilung WHERE brief = \(brief) ORDER BY organisation, id LIMIT 5000")
    }

    static func entferne(_ brief: Job.ID, in db: any SQLConnection) throws {
        try db.execute("DELETE FROM mitteilung WHERE brief = \(brief)")
    }

    package static func wunsch(of person: Person.ID, in db: any SQLConnection) throws -> Mitteilungswunsch {
        let wort: String? = try db.value("SELECT mitteilungen FROM person WHERE id = \(person)")
        return wort.flatMap(Mitteilungswunsch.init(rawValue:)) ?? .taeglich
    }

    static func setze(
        _ wunsch: Mitteilungswunsch, of person: Person.ID, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        let changed = try db.execute(
            "UPDATE person SET mitteilungen = \(wunsch) WHERE id = \(person) AND mitteilungen <> \(wunsch)")
        guard changed > 0 else { return }
        if wunsch == .keine { try db.execute("DELETE FROM mitteilung WHERE person = \(person)") }
        try VerlaufStore.append(
            [Verlauf(.kontoGeaendert, feld: "mitteilungen", nach: person.rawValue)], durch: urheber, in: db)
    }
}

/// What goes into one single letter: what one author did to one entry.
struct Mitteilungsbuendel: Codable, Hashable, Sendable {
    let person: String
    let organisation: String
    let eintrag: String
    let urheber: String

    var schluessel: String { "\(person) \(organisation) \(eintrag) \(urheber)" }
}
