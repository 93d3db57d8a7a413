/// Keeps spreadsheet programs from running a field as a formula, by an apostrophe that can be taken off exactly.
///
/// A field of any number of apostrophes followed by a sign that starts a formula gets one more on writing and loses one
/// on reading, so every field survives, whether it began with an apostrophe or not.
enum FormulaGuard {
    static func isNeeded(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
        switch field.first(where: { $0 != UInt8(ascii: "'") }) {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D: true
        default: false
        }
    }

    static func undone(_ field: [UInt8]) -> String {
        let isGuarded = field.first == UInt8(ascii: "'") && field.withUnsafeBufferPointer(isNeeded)
        return isGuarded
            ? String(decoding: field.dropFirst(), as: UTF8.self) : String(decoding: field, as: UTF8.self)
    }
}
