/// The character set of older Windows programs in western Europe.
enum Windows1252 {
    /// Bytes that stand for no character.
    static let undefined: [UInt8] = [0x81, 0x8D, 0x8F, 0x90, 0x9D]

    /// Decodes bytes of which none is undefined.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> String {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            switch byte {
            case 0x00...0x7F: utf8.append(byte)
            case 0x80...0x9F: utf8.append(contentsOf: special[Int(byte) - 0x80])
            default:
                utf8.append(0xC0 | byte >> 6)
                utf8.append(0x80 | byte & 0x3F)
            }
        }
        return String(decoding: utf8, as: UTF8.self)
    }

    /// The characters from 80 to 9F, the only ones that differ from Latin 1; blanks stand for the undefined.
    private static let special = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ".map { Array(String($0).utf8) }
}
