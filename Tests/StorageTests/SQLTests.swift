import Storage
import Testing

@Suite struct SQLTests {
    @Test func `interpolated values become parameters in order of appearance`() throws {
        let sql: SQL = "SELECT \("x'; DROP TABLE ding; --") WHERE a = \(1) AND b = \(true) AND c = \(nil as Int?)"
        let (text, values) = try sql.rendered(for: .sqlite)
        #expect(text == "SELECT $1 WHERE a = $2 AND b = $3 AND c = $4")
        #expect(values == [.text("x'; DROP TABLE ding; --"), .integer(1), .bool(true), .null])
    }

    @Test func `an array becomes a list and an empty one matches nothing`() throws {
        #expect(try ("IN (\([1, 2]))" as SQL).rendered(for: .postgres).text == "IN ($1, $2)")
        #expect(try ("IN (\([String]()))" as SQL).rendered(for: .postgres).text == "IN (NULL)")
    }

    @Test func `fragments are spliced, added and joined with their values`() throws {
        let conditions: [SQL] = ["a = \(1)", "b = \("zwei")"]
        let sql: SQL = "SELECT 1 WHERE \(conditions.joined(separator: " AND "))" + " LIMIT \(3)"
        let (text, values) = try sql.rendered(for: .sqlite)
        #expect(text == "SELECT 1 WHERE a = $1 AND b = $2 LIMIT $3")
        #expect(values == [.integer(1), .text("zwei"), .integer(3)])
        #expect(try [SQL]().joined(separator: ", ").rendered(for: .sqlite).text.isEmpty)
    }

    @Test func `each database gets its own spelling`() throws {
        let sql: SQL = "SELECT \(SQL(sqlite: "\(1) + 0", postgres: "random()")), \(2)"
        #expect(try sql.rendered(for: .sqlite).text == "SELECT $1 + 0, $2")
        #expect(try sql.rendered(for: .postgres).text == "SELECT random(), $1")
    }

    @Test(arguments: [true, false])
    func `a conditional text is a value and never SQL`(isDescending: Bool) throws {
        #expect(try ("\(isDescending ? "DESC" : "ASC")" as SQL).rendered(for: .sqlite).text == "$1")
        #expect(try ("\("a" + "b")" as SQL).rendered(for: .sqlite).values == [.text("ab")])
    }

    @Test func `a missing column, a wrong kind and an unexpected NULL are told apart from nil`() throws {
        let row = Row(index: ["a": 0, "b": 1], values: [.text("x"), .null])
        #expect(throws: StorageError.decoding(column: "c", found: "no such column")) { try row["c"] as String? }
        #expect(throws: StorageError.decoding(column: "a", found: "text")) { try row["a"] as Int? }
        #expect(throws: StorageError.decoding(column: "b", found: "null")) { try row["b"] as String }
        #expect(try row["b"] as String? == nil)
    }

    @Test func `a description of a value does not show the value`() {
        #expect("\(SQLValue.text("geheim"))" == "text")
    }
}
