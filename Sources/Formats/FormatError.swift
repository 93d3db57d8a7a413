/// What is wrong with a file, where, and what to do about it, in a German sentence.
package struct FormatError: Error, Sendable, Equatable {
    /// Counted from 1; 0 when the file as a whole is meant.
    package var line: Int
    /// Counted in characters from 1.
    package var column: Int?
    /// The name of the column or element that is meant.
    package var field: String?
    package var reason: String
    /// Nothing after this place can be read; otherwise reading may go on with the next row.
    package var fatal: Bool

    package init(line: Int = 0, column: Int? = nil, field: String? = nil, reason: String, fatal: Bool = false) {
        self.line = line
        self.column = column
        self.field = field
        self.reason = reason
        self.fatal = fatal
    }
}
