package import Formats

/// One property by which a list is narrowed: its values, how many rows each would give, and which are chosen.
///
/// A count is taken under the choices of all other facets, so it says what choosing the value would give. Several values
/// of one facet widen the list, several facets narrow it.
package struct Facette: Sendable, Equatable {
    package struct Wert: Sendable, Equatable {
        /// As it stands in the address.
        package let wert: String
        package let text: String
        package let anzahl: Int
        package let gewaehlt: Bool
    }

    /// Parameter of the address.
    package let name: String
    package let titel: String
    /// Values with rows and all that are chosen, in the order that people look them up in.
    package let werte: [Wert]

    /// `bekannt` gives words and order; values with rows that it lacks follow under their own name.
    package init(
        _ name: String, _ titel: String, _ bekannt: some Sequence<(wert: String, text: String)>,
        zahlen: [String: Int], gewaehlt: [String]
    ) {
        (self.name, self.titel) = (name, titel)
        let chosen = Set(gewaehlt)
        var rest = chosen.union(zahlen.keys)
        var werte: [Wert] = []
        for (wert, text) in bekannt where rest.remove(wert) != nil {
            werte.append(Wert(wert: wert, text: text, anzahl: zahlen[wert] ?? 0, gewaehlt: chosen.contains(wert)))
        }
        for wert in rest.sorted() {
            werte.append(Wert(wert: wert, text: wert, anzahl: zahlen[wert] ?? 0, gewaehlt: chosen.contains(wert)))
        }
        self.werte = werte
    }

    /// A facet with more values than this shows the first of them by count.
    package static let kurz = 16
    private static let erste = 10

    /// The values that a page shows before somebody asks for all: the most frequent ones and those chosen.
    package var gekuerzt: [Wert] {
        guard werte.count > Facette.kurz else { return werte }
        let byCount = werte.enumerated().sorted { a, b in
            a.element.anzahl == b.element.anzahl ? a.offset < b.offset : a.element.anzahl > b.element.anzahl
        }
        let frequent = byCount.lazy.filter { !$0.element.gewaehlt }.prefix(Facette.erste)
        return byCount.filter(\.element.gewaehlt).map(\.element) + frequent.map(\.element)
    }
}

extension Facette: JSONValue {
    package static let schema = APISchema(
        "Facette",
        [
            .init("name", .text, "Name des Filters in der Adresse"), .init("titel", .text),
            .init(
                "werte",
                .feld(
                    .objekt([
                        .init("wert", .text), .init("text", .text),
                        .init("anzahl", .zahl, "Einträge, die diese Wahl neben der übrigen Auswahl gäbe"),
                        .init("gewaehlt", .wahrheit),
                    ]))),
        ])

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            json.field("titel", titel)
            json.field(
                "werte",
                array: { json in
                    for wert in werte {
                        json.object { json in
                            json.field("wert", wert.wert)
                            json.field("text", wert.text)
                            json.field("anzahl", wert.anzahl)
                            json.field("gewaehlt", wert.gewaehlt)
                        }
                    }
                })
        }
    }
}

/// Counts the values of all facets in one pass over groups of rows that agree in all of them.
package struct Facettenzaehler: Sendable {
    private let gewaehlt: [Set<String>]
    /// Rows under the choices of all facets.
    package private(set) var gesamt = 0
    /// For each facet its values with their rows under the choices of the other facets.
    package private(set) var zahlen: [[String: Int]]

    /// - Parameter gewaehlt: the values chosen in each facet; none means all rows.
    package init(_ gewaehlt: [[String]]) {
        self.gewaehlt = gewaehlt.map(Set.init)
        zahlen = Array(repeating: [:], count: gewaehlt.count)
    }

    /// Adds `anzahl` rows that have these values, for each facet none, one or several different ones.
    package mutating func add(_ werte: [[String]], anzahl: Int) {
        var refusing: Int?
        for (index, chosen) in gewaehlt.enumerated() where !chosen.isEmpty {
            if werte[index].contains(where: chosen.contains) { continue }
            // Two facets refuse these rows: no single choice would bring them back.
            guard refusing == nil else { return }
            refusing = index
        }
        if let refusing {
            count(refusing, werte[refusing], anzahl)
        } else {
            gesamt += anzahl
            for index in werte.indices { count(index, werte[index], anzahl) }
        }
    }

    private mutating func count(_ facette: Int, _ werte: [String], _ anzahl: Int) {
        for wert in werte { zahlen[facette][wert, default: 0] += anzahl }
    }
}
