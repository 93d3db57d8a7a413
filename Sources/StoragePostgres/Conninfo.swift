import CPostgres
import Storage

/// The parameters of a connection: what the operator gave, completed by what the product needs.
struct Conninfo: Sendable {
    private(set) var values: [String: String]

    /// - Parameter text: a `postgres://` URL or `key=value` words.
    /// - Throws: `StorageError.unavailable` without a word of `text`, because it may hold a password.
    init(_ text: String, statementTimeout: Int) throws {
        guard let given = Conninfo.parsed(text) else {
            throw StorageError.unavailable("Die Verbindungsangabe für PostgreSQL ist nicht lesbar.")
        }
        values = [
            "connect_timeout": "5", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
            "tcp_user_timeout": "30000",
            // Of several servers the one that writes is meant, and one about to take over is waited for.
            "target_session_attrs": "read-write",
        ]
        values.merge(given) { _, given in given }
        values["application_name"] = "leitstand"
        values["client_encoding"] = "UTF8"
        let settings = [
            "statement_timeout=\(statementTimeout)", "bytea_output=hex",
            // Between two statements our own code works; it may take its time, but must not hold locks for ever.
            "idle_in_transaction_session_timeout=\(statementTimeout == 0 ? 0 : max(120_000, 2 * statementTimeout))",
            // Cursors are read to the end here, so plan for the whole result.
            "cursor_tuple_fraction=1",
        ]
        values["options"] = ([given["options"] ?? ""] + settings.map { "-c \($0)" }).joined(separator: " ")
    }

    private static func parsed(_ text: String) -> [String: String]? {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(text, &message) else {
            PQfreemem(message)
            return nil
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }

    /// Opens a connection; blocks at most `connect_timeout` seconds for each address.
    func connect() throws -> OpaquePointer {
        let pairs = values.sorted { $0.key < $1.key }
        let names = CStrings(pairs.map(\.key))
        let texts = CStrings(pairs.map(\.value))
        let handle = names.withPointers { names in texts.withPointers { PQconnectdbParams(names, $0, 0) } }
        guard let handle else { throw StorageError.unavailable("Für die Verbindung fehlt Speicher.") }
        // Notices such as "already exists, skipping" would go to standard error.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        if PQstatus(handle) == CONNECTION_OK { return handle }
        let message = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        PQfinish(handle)
        throw StorageError.unavailable(withoutPassword(message))
    }

    private func withoutPassword(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard let password = values["password"], !password.isEmpty else { return line }
        return line.replacing(password, with: "…")
    }
}

/// Texts as the null-terminated array of C strings that libpq reads.
private struct CStrings {
    private var bytes: [CChar] = []
    private var offsets: [Int] = []

    init(_ texts: [String]) {
        for text in texts {
            offsets.append(bytes.count)
            bytes += text.utf8CString
        }
    }

    func withPointers<T>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> T) -> T {
        bytes.withUnsafeBufferPointer { bytes in
            let pointers = offsets.map { offset in bytes.baseAddress.map { $0 + offset } } + [nil]
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}
