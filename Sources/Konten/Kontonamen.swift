package import Kernel
package import Storage

/// What the people of the accounts are called: as they want to be, else by the part of the address before the @.
package struct Kontonamen: Personennamen {
    package init() {}

    package func namen(_ ids: Set<Person.ID>, in db: any SQLConnection) throws -> [Person.ID: String] {
        var names: [Person.ID: String] = [:]
        for row in try db.rows(
            "SELECT id, name, email FROM person WHERE id IN (\(ids.sorted { $0.rawValue < $1.rawValue }))")
        {
            let (name, email): (String?, String) = (try row["name"], try row["email"])
            names[try row["id"]] = name ?? email.split(separator: "@").first.map(String.init)
        }
        return names
    }
}
