/// The percent encoding of addresses after RFC 3986.
package enum Prozentkodierung {
    /// Nil when a percent sign lacks its two digits, or the result is no UTF-8 or contains NUL.
    package static func decode(_ text: some StringProtocol, plusIsSpace: Bool) -> String? {
        decode(text.utf8, plusIsSpace: plusIsSpace)
    }

    /// Nil when a percent sign lacks its two digits, or the result is no UTF-8 or contains NUL.
    package static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            var value = byte
            if byte == UInt8(ascii: "%") {
                guard let high = rest.next().flatMap(HexDigit.value), let low = rest.next().flatMap(HexDigit.value)
                else {
                    return nil
                }
                value = high << 4 | low
            } else if plusIsSpace, byte == UInt8(ascii: "+") {
                value = 0x20
            }
            if value == 0 { return nil }
            result.append(value)
        }
        return String(validating: result, as: UTF8.self)
    }

    /// The text for a place inside a query: everything but letters, digits and `-._~` is encoded.
    package static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            default:
                result.append(UInt8(ascii: "%"))
                result.append(HexDigit.upper[Int(byte >> 4)])
                result.append(HexDigit.upper[Int(byte & 15)])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
