package import Kernel
package import Storage

/// What became of a place, and what became this place.
package struct Gebietsfolge: Sendable, Equatable {
    /// A name or key that the place bore before.
    package struct Frueher: Sendable, Equatable, RowDecodable {
        package let ars: String?
        package let name: String
        package let bis: Tag?

        package init(row: Row) throws {
            ars = try row["ars"]
            name = try row["name"]
            bis = try row["bis"]
        }
    }

    /// The valid places that took over from a closed one; where no way ends in one, the places where they end.
    package var nachfolger: [Gebiet] = []
    /// Closed places between this one and its successors.
    package var ueber: [Gebiet] = []
    /// Closed places that lead here, near ones and far ones.
    package var vorgaenger: [Gebiet] = []
    package var frueher: [Frueher] = []
    /// The day from which the change holds, where a list of changes names it.
    package var wirksamAm: Tag?
    /// What kind of change it was, in the words of that list.
    package var art: String?
    /// No list of changes names the successor; it follows from the directory alone.
    package var istErschlossen = false

    package init() {}

    package func fruehereNamen(zu gebiet: Gebiet) -> [String] {
        var seen: Set<String> = [Faltung.suche(gebiet.name)]
        return frueher.map(\.name).filter { seen.insert(Faltung.suche($0)).inserted }
    }

    /// Keys of 12 digits that belonged to the place and to no other one.
    func fruehereSchluessel(zu gebiet: Gebiet) -> [String] {
        var seen: Set<String> = [gebiet.ars ?? ""]
        return frueher.compactMap(\.ars).filter { seen.insert($0).inserted }
    }
}

extension Gebiet {
    /// What a person needs to hear about a closed place, in one sentence; nil for a valid one.
    func aufloesung(_ folge: Gebietsfolge) -> String? {
        guard !istGueltig else { return nil }
        let names = folge.nachfolger.map(\.bezeichnung)
        switch names.count {
        case 0: return "\(bezeichnung) ist aufgelöst, Nachfolger nicht bekannt."
        case 1: return "\(bezeichnung) ist aufgelöst; Nachfolger ist \(names[0])."
        default: return "\(bezeichnung) ist aufgelöst; Nachfolger sind \(names.aufgezaehlt)."
        }
    }
}

extension [String] {
    /// "A, B und C".
    var aufgezaehlt: String {
        guard count > 1, let last else { return first ?? "" }
        return dropLast().joined(separator: ", ") + " und " + last
    }
}
