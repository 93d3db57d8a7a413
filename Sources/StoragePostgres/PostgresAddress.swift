import CPostgres
import Storage

/// The address of a PostgreSQL database, for programs beside this one.
package struct PostgresAddress: Sendable {
    private var values: [String: String] = [:]
    private var variables: [String: String] = [:]

    /// - Parameter conninfo: a `postgres://` URL or `key=value` words.
    /// - Throws: `StorageError.unavailable` without a word of `conninfo`, because it may hold a password.
    package init(_ conninfo: String) throws {
        guard let options = PQconninfoParse(conninfo, nil) else {
            throw StorageError.unavailable("Die Verbindungsangabe für PostgreSQL ist nicht lesbar.")
        }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                values[String(cString: keyword)] = String(cString: value)
                if let variable = option.pointee.envvar {
                    variables[String(cString: variable)] = String(cString: value)
                }
            }
            option += 1
        }
    }

    /// The variables that libpq reads; the password is among them, so they go into an environment and nowhere else.
    package var environment: [String: String] { variables }

    /// Texts that must not appear in a message.
    package var secrets: [String] { ["password", "sslpassword"].compactMap { values[$0] }.filter { !$0.isEmpty } }

    /// The name of the database as an operator gave it; without one libpq takes the name of the user.
    package var database: String? { values["dbname"] ?? values["user"] }

    /// The same server, another database.
    package func with(database: String) -> PostgresAddress {
        var other = self
        other.values["dbname"] = database
        other.variables["PGDATABASE"] = database
        return other
    }

    /// The address as `key='value'` words.
    package var conninfo: String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\(PostgresAddress.quoted($0.value))" }.joined(separator: " ")
    }

    /// `value` as one word of a conninfo.
    package static func quoted(_ value: String) -> String {
        "'\(value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
    }
}
