import Storage

/// Somebody who signed in, with the roles held at organisations.
package struct Person: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    /// A role as it is held: at one Organisation, or (nil) for the whole installation.
    package struct Amt: Sendable, Equatable {
        package let rolle: Rolle
        package let organisation: String?

        package init(_ rolle: Rolle, an organisation: String? = nil) {
            (self.rolle, self.organisation) = (rolle, organisation)
        }
    }

    package let id: ID
    package let email: String
    package let aemter: [Amt]

    package init(id: ID, email: String, aemter: [Amt]) {
        (self.id, self.email, self.aemter) = (id, email, aemter)
    }
}

/// What somebody does in the shared work; a role is held at an Organisation.
package enum Rolle: String, CaseIterable, SQLConvertible {
    case administration
    case ozgAnsprechperson = "ozg_ansprechperson"
    case leserecht
}
