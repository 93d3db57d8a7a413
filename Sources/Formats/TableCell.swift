/// One cell of a table that people save.
package enum TableCell: Sendable, Equatable {
    case empty
    /// Text as it is: keys keep their leading zeros, and nothing in it is a formula.
    case text(String)
    /// A quantity.
    case number(Int)
    case date(year: Int, month: Int, day: Int)

    package init(_ text: String?) { self = text.map { .text($0) } ?? .empty }

    package init(_ number: Int?) { self = number.map { .number($0) } ?? .empty }
}

/// The heading of a column and how wide its cells usually are, in characters.
package struct TableColumn: Sendable, Equatable {
    package let title: String
    package let width: Int

    package init(_ title: String, width: Int) { (self.title, self.width) = (title, width) }
}

/// Takes the rows of a table one by one and keeps none of them.
package protocol TableWriter {
    func row(_ cells: [TableCell]) throws(FormatError)
}
