import TestKit

/// Texts that nobody expects in a search box.
struct Zeichensalat {
    var random: Zufall

    init(_ seed: UInt64) { random = Zufall(seed) }

    /// What the engines of both databases, SQL, HTML and addresses read as signs of their own.
    static let zeichen = [
        "AND", "OR", "NOT", "NEAR", "NEAR(", "^", "*", ":", "-", "+", "&", "|", "!", "<->", "<2>", "'", "\"", "\\", "(",
        ")", "{", "}", "[", "]", "%", "_", "?", "$1", "@@", "--", "/*", "*/", ";", "/", "worte:", ":*", "''", "\"\"",
        "\\'",
        "<b>", "</mark>", "&amp;", "{{name}}", "\u{0}", "\u{1}", "\u{7F}", "\u{FFFD}", "\u{FEFF}", "\n", "\r\n", "\t",
        " ", "\u{A0}", "\u{2028}",
    ]

    static let woerter = [
        "hund", "Anmeldung", "Müll", "straße", "gewerbe", "Dülmen", "99110009104000", "05", "kfz", "geld", "führer",
        "ab",
        "Ausweis", "fuehrungszeugnis", "wohn", "a", "ß", "x1",
    ]

    /// Letters beyond ASCII: taken apart, joined, from right to left, in pictures, of no script at all.
    static let schrift = [
        "e\u{301}", "u\u{308}", "\u{308}", "\u{301}\u{302}\u{303}", "Ⅷ", "ﬁ", "½", "ŉ", "İ", "ı", "ẞ", "Æ", "ø", "Ａｂｃ",
        "\u{FDFA}",
        "\u{903}", "क\u{903}", "\u{20DD}", "שלום", "مرحبا", "\u{202E}", "\u{200F}", "\u{2066}", "中文", "ㄱㅏ", "가", "ไทย",
        "😀",
        "👨‍👩‍👧‍👦", "🇩🇪", "\u{1F3FB}", "\u{AD}", "\u{200B}", "\u{200D}", "\u{E000}", "\u{10FFFF}", "\u{E0001}", "’", "„", "—",
        "ʼ",
    ]

    /// A text of pieces of all kinds, mostly short.
    mutating func text() -> String {
        let length = Int.random(in: 0..<12, using: &random) == 0 ? 200 : 12
        return (0..<Int.random(in: 0...length, using: &random)).map { _ in stueck() }.joined()
    }

    private mutating func stueck() -> String {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1: Self.zeichen.randomElement(using: &random) ?? ""
        case 2, 3: (Self.woerter.randomElement(using: &random) ?? "") + (Bool.random(using: &random) ? " " : "")
        case 4: Self.schrift.randomElement(using: &random) ?? ""
        case 5: " "
        case 6: String(UnicodeScalar(UInt8.random(in: 0x20..<0x7F, using: &random)))
        default: UnicodeScalar(UInt32.random(in: 0...0x10FFFF, using: &random)).map { String($0) } ?? ""
        }
    }
}
