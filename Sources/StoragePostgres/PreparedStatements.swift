import CPostgres

/// Which statements a connection has prepared; the least recently used one makes room.
struct PreparedStatements {
    /// The same text with other parameter types is another statement.
    struct Key: Hashable {
        let text: String
        let types: [Oid]
    }

    private struct Entry {
        let name: String
        var lastUse: Int
        var columns: ResultColumns?
    }

    static let limit = 256

    private var entries: [Key: Entry] = [:]
    private var uses = 0
    private var names = 0
    /// Names the server still knows and nobody needs; given back before the next statement is prepared.
    private var retired: [String] = []

    var count: Int { entries.count }

    mutating func find(_ key: Key) -> (name: String, columns: ResultColumns?)? {
        guard let index = entries.index(forKey: key) else { return nil }
        uses += 1
        entries.values[index].lastUse = uses
        return (entries.values[index].name, entries.values[index].columns)
    }

    /// The server refuses a prepared statement whose columns are no longer the same, so they are read once.
    mutating func remember(_ columns: ResultColumns, for key: Key) { entries[key]?.columns = columns }

    /// A name for a statement about to be prepared, and the names to deallocate before.
    mutating func makeRoom() -> (name: String, deallocate: [String]) {
        if entries.count >= PreparedStatements.limit,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            forget(oldest.key)
        }
        names += 1
        defer { retired = [] }
        return ("s\(names)", retired)
    }

    mutating func remember(_ name: String, for key: Key) {
        uses += 1
        entries[key] = Entry(name: name, lastUse: uses)
    }

    mutating func forget(_ key: Key) {
        if let entry = entries.removeValue(forKey: key) { retired.append(entry.name) }
    }

    /// For a server that lost them all, and for a new connection.
    mutating func forgetAll() {
        entries = [:]
        retired = []
    }

    /// Preparing pays for queries and changes; schema statements run once.
    static func accepts(_ text: String) -> Bool {
        ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "VALUES"].contains(firstWord(text))
    }

    static func firstWord(_ text: String) -> String {
        let isLetter = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
        return String(decoding: text.utf8.drop { $0 <= 32 }.prefix(while: isLetter), as: UTF8.self).uppercased()
    }
}
