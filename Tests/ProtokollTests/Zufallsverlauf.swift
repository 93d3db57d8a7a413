import Kernel
import Storage
import TestKit

/// Random lines of a Verlauf, repeatable from a seed.
struct Zufallsverlauf {
    var zufall: Zufall
    static let organisationen: [String?] = [nil, "org-a", "org-ä", "org-b"]
    static let personen = (0..<3).map { Person.ID(rawValue: "00000000000person".prefix(15) + "\($0)") }
    private static let stuecke = [
        "a", "ß", "„", "\"", "\\", "\n", "\r", "\t", "\u{2028}", "👩‍🔧", "=1+1", "é", "e\u{301}", " ", ":", "-",
    ]

    init(_ seed: UInt64) { zufall = Zufall(seed) }

    mutating func zeile(organisation: String?) -> Verlauf {
        func text(_ zufall: inout Zufall) -> String? {
            Bool.random(using: &zufall) ? zufall.text(of: Self.stuecke, length: 12) : nil
        }
        return Verlauf(
            Verlauf.Art.allCases.filter { $0 != .verlaufGekuerzt }.randomElement(using: &zufall) ?? .uebernahme,
            gebiet: text(&zufall), organisation: organisation, eintrag: text(&zufall), leistung: text(&zufall),
            dienst: text(&zufall), datenstand: text(&zufall), feld: text(&zufall), von: text(&zufall),
            nach: text(&zufall))
    }

    mutating func urheber(_ am: Instant) -> Urheber {
        Urheber(person: Bool.random(using: &zufall) ? Self.personen.randomElement(using: &zufall) : nil, am: am)
    }

    /// Appends `count` lines to random chains, about a minute apart.
    mutating func schreibe(_ count: Int, ab: Instant, in database: any Database) async throws {
        var lines: [(Verlauf, Urheber)] = []
        for index in 0..<count {
            let organisation = Self.organisationen.randomElement(using: &zufall) ?? nil
            lines.append((zeile(organisation: organisation), urheber(ab.plus(sekunden: index * 60))))
        }
        let all = lines
        try await database.write { db in
            for (line, urheber) in all { try VerlaufStore.append([line], durch: urheber, in: db) }
        }
    }
}

extension Database {
    func befund(anker: [String: Verlaufsende] = [:], jetzt: Instant) async throws -> Verlaufsbefund {
        try await read { db in try Verlaufspruefung.pruefe(anker: anker, jetzt: jetzt, in: db) }
    }

    func zahl(_ sql: SQL) async throws -> Int { try await read { db in try db.value(sql) ?? 0 } }
}
