package import Kernel
package import Storage

/// An office (Amt) of an Organisation; offices form a tree.
package struct Organisationseinheit: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package let id: ID
    package let organisation: Organisation.ID
    /// The office above it; nil for one directly under the head of the authority.
    package let ueber: ID?
    /// Its place among those with the same office above.
    package let rang: Int
    package let name: String
    /// As the authority numbers it: "50" or "FB 3".
    package let kuerzel: String?
    /// The last day.
    package let gueltigBis: Tag?
    /// The office it was merged into.
    package let aufgegangenIn: ID?
    package let version: Int

    /// "50 Sozialamt".
    package var bezeichnung: String { kuerzel.map { "\($0) \(name)" } ?? name }

    package func istGueltig(am heute: Tag) -> Bool { gueltigBis.map { $0 >= heute } ?? true }

    /// Somebody may put other offices below it or merge them into it.
    var istOffen: Bool { gueltigBis == nil }
}

extension Organisationseinheit: RowDecodable {
    static let columns: SQL = "id, organisation, ueber, rang, name, kuerzel, gueltig_bis, aufgegangen_in, version"

    package init(row: Row) throws {
        id = try row["id"]
        organisation = try row["organisation"]
        ueber = try row["ueber"]
        rang = try row["rang"]
        name = try row["name"]
        kuerzel = try row["kuerzel"]
        gueltigBis = try row["gueltig_bis"]
        aufgegangenIn = try row["aufgegangen_in"]
        version = try row["version"]
    }
}

/// All offices of one Organisation, closed ones too, in their order.
package struct Einheitenbaum: Sendable {
    package typealias ID = Organisationseinheit.ID

    /// Deeper trees help nobody to find an office.
    static let hoechsteTiefe = 8
    static let hoechsteZahl = 2_000

    private let nachID: [ID: Organisationseinheit]
    private let nachUeber: [ID?: [Organisationseinheit]]

    /// - Parameter alle: in the order of their ranks.
    package init(_ alle: [Organisationseinheit]) {
        nachID = Dictionary(alle.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        nachUeber = Dictionary(grouping: alle, by: \.ueber)
    }

    package var anzahl: Int { nachID.count }

    package subscript(_ id: ID) -> Organisationseinheit? { nachID[id] }

    /// Directly below `id`, or with nil directly under the head.
    package func kinder(_ id: ID?) -> [Organisationseinheit] { nachUeber[id] ?? [] }

    /// From the top down to the office above this one.
    package func ahnen(_ id: ID) -> [Organisationseinheit] {
        var found: [Organisationseinheit] = []
        var next = nachID[id]?.ueber
        while let above = next.flatMap({ nachID[$0] }), found.count <= nachID.count {
            found.append(above)
            next = above.ueber
        }
        return found.reversed()
    }

    /// The office and all below it.
    package func zweig(_ id: ID) -> Set<ID> {
        var found: Set<ID> = [id]
        var todo = [id]
        while let next = todo.popLast() {
            for child in kinder(next) where found.insert(child.id).inserted { todo.append(child.id) }
        }
        return found
    }

    /// How many levels the office and those below it take.
    func hoehe(_ id: ID) -> Int {
        let own = ahnen(id).count
        return (zweig(id).map { ahnen($0).count }.max() ?? own) - own + 1
    }

    /// Every office that is open or, with `heute`, not closed yet, from top to bottom with its depth.
    package func reihe(am heute: Tag) -> [(einheit: Organisationseinheit, tiefe: Int)] {
        var found: [(einheit: Organisationseinheit, tiefe: Int)] = []
        func visit(_ id: ID?, _ depth: Int) {
            for child in kinder(id) where child.istGueltig(am: heute) {
                found.append((child, depth))
                visit(child.id, depth + 1)
            }
        }
        visit(nil, 0)
        return found
    }

    /// Those that are closed, by name.
    package func geschlossene(am heute: Tag) -> [Organisationseinheit] {
        nachID.values.filter { !$0.istGueltig(am: heute) }
            .sorted { (Faltung.sort($0.name), $0.id.rawValue) < (Faltung.sort($1.name), $1.id.rawValue) }
    }

    /// The office to which an old one leads, over all mergers.
    package func ziel(_ id: ID) -> Organisationseinheit? {
        var found = nachID[id]
        var steps = 0
        while let next = found?.aufgegangenIn.flatMap({ nachID[$0] }), steps <= nachID.count {
            found = next
            steps += 1
        }
        return found
    }
}
