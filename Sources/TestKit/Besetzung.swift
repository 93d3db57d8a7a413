package import Kernel
package import Storage
import Verzeichnis

/// Somebody of the cast over all roles: which role, and where the person stands to the authority of Dülmen.
package struct Mitspieler: Sendable, Hashable, CustomStringConvertible {
    package enum Stellung: String, Sendable {
        /// Without an account.
        case besuch
        /// Signed in without any role.
        case ohneRolle
        /// For the whole installation.
        case ueberall
        case ueberallVertretung
        /// At Dülmen itself.
        case eigen
        case eigenVertretung
        /// At the Kreis, which acts for Dülmen where the role can be delegated.
        case kreis
        /// At an IT provider, which acts for Dülmen where the role can be delegated.
        case dienstleister
        /// At Hamm, which has nothing to do with Dülmen.
        case fremd
    }

    package let rolle: Rolle?
    package let stellung: Stellung

    package var description: String { [rolle?.rawValue, stellung.rawValue].compactMap { $0 }.joined(separator: "-") }

    package var email: String { "\(description.lowercased())@besetzung.localhost" }

    /// Every role at the own authority, as Vertretung, by delegation and at a foreign authority.
    package static let alle: [Mitspieler] =
        [Mitspieler(rolle: nil, stellung: .besuch), Mitspieler(rolle: nil, stellung: .ohneRolle)]
        // Auditors hold the right to read for the whole installation.
        + [Rolle.administration, .projektbuero, .leserecht].flatMap { rolle in
            [Stellung.ueberall, .ueberallVertretung].map { Mitspieler(rolle: rolle, stellung: $0) }
        }
        + Rolle.allCases.filter { !$0.giltUeberall }.flatMap { rolle in
            [Stellung.eigen, .eigenVertretung, .kreis, .dienstleister, .fremd].map {
                Mitspieler(rolle: rolle, stellung: $0)
            }
        }
}

/// Where the cast plays: the authorities it stands at, by their ids.
package struct Besetzung: Sendable {
    package let duelmen: String
    package let hamm: String
    package let kreis: String
    package static let dienstleister = "besetzung-it"

    /// Adds the IT provider and has Dülmen delegate every role to it and to the Kreis.
    ///
    /// Also those that cannot be delegated: a row of them must count nothing.
    package static func stelleAuf(in database: any Database) async throws -> Besetzung {
        try await database.write { db in
            func id(_ ars: String) throws -> String { try OrganisationStore.named(ars, in: db).id.rawValue }
            let besetzung = try Besetzung(
                duelmen: id(Rollenspiel.duelmen), hamm: id(Rollenspiel.hamm), kreis: id("05558"))
            try db.execute(
                """
                INSERT INTO organisation (id, art, name, sortname, suchname)
                VALUES (\(dienstleister), 'dienstleister', 'IT der Besetzung', 'it der besetzung', 'it der besetzung')
                """)
            for an in [besetzung.kreis, dienstleister] {
                for rolle in Rolle.allCases where !rolle.giltUeberall {
                    try db.execute(
                        """
                        INSERT INTO delegation (von, an, rolle, angelegt_am)
                        VALUES (\(besetzung.duelmen), \(an), \(rolle), \(Welt.jetzt))
                        """)
                }
            }
            return besetzung
        }
    }

    /// The roles a member of the cast holds.
    package func aemter(_ mitspieler: Mitspieler) -> [Person.Amt] {
        guard let rolle = mitspieler.rolle else { return [] }
        return switch mitspieler.stellung {
        case .besuch, .ohneRolle: []
        case .ueberall: [.init(rolle)]
        case .ueberallVertretung: [.init(rolle, vertretung: true)]
        case .eigen: [.init(rolle, an: duelmen)]
        case .eigenVertretung: [.init(rolle, an: duelmen, vertretung: true)]
        case .kreis: [.init(rolle, an: kreis)]
        case .dienstleister: [.init(rolle, an: Besetzung.dienstleister)]
        case .fremd: [.init(rolle, an: hamm)]
        }
    }
}

extension SiteClient {
    /// A client with a session of that member of the cast, made straight in the database.
    package func als(_ mitspieler: Mitspieler, _ besetzung: Besetzung) async throws -> SiteClient {
        guard mitspieler.stellung != .besuch else { return try await als(.besuch) }
        return try await als(email: mitspieler.email) { _ in besetzung.aemter(mitspieler) }
    }
}
