import Storage

/// Somebody who signed in, with the roles held at organisations.
package struct Person: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    /// A role as it is held: at one Organisation, or (nil) for the whole installation.
    package struct Amt: Sendable, Hashable {
        package let rolle: Rolle
        package let organisation: String?
        /// Stands in for the one who holds the role; the rights are the same.
        package let vertretung: Bool
        /// The Organisation at which the role is really held, where `organisation` delegated it there.
        package let delegiertAn: String?

        package init(
            _ rolle: Rolle, an organisation: String? = nil, vertretung: Bool = false, delegiertAn: String? = nil
        ) {
            self.rolle = rolle
            self.organisation = organisation
            self.vertretung = vertretung
            self.delegiertAn = delegiertAn
        }
    }

    package let id: ID
    package let email: String
    /// As the person wants to be called; nil until told.
    package let name: String?
    /// The roles held and those that other organisations delegated to where they are held.
    package let aemter: [Amt]

    package init(id: ID, email: String, name: String? = nil, aemter: [Amt]) {
        (self.id, self.email, self.name, self.aemter) = (id, email, name, aemter)
    }

    /// The organisations at which the person holds a role, without those that only delegated to them.
    package var organisationen: [String] {
        var seen: Set<String> = []
        return aemter.filter { $0.delegiertAn == nil }.compactMap(\.organisation).filter { seen.insert($0).inserted }
    }
}
