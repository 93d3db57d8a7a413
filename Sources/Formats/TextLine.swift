/// One line of a text, without its ending.
package struct TextLine: Sendable, Equatable {
    /// Counted from 1.
    package let number: Int
    package let text: String
    package let ending: LineEnding

    package init(number: Int, text: String, ending: LineEnding) {
        self.number = number
        self.text = text
        self.ending = ending
    }

    package var endsWithNewline: Bool { ending != .none }
}

/// How a line ends; the raw value is the ending itself.
package enum LineEnding: String, Sendable {
    case none = ""
    case lf = "\n"
    case crlf = "\r\n"
    case cr = "\r"
}

/// How the characters of a text are stored.
package enum TextEncoding: String, Sendable {
    case utf8
    case utf8BOM
    case windows1252
}

/// How much of a text is taken into memory at once.
package struct TextLimits: Sendable {
    /// The longest line, in bytes without its ending.
    package var lineBytes: Int

    package init(lineBytes: Int = 1 << 20) { self.lineBytes = lineBytes }

    package static let standard = TextLimits()
}
