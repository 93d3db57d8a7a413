import Foundation
import Kernel

/// Header lines of a letter (RFC 5322), with words beyond ASCII encoded (RFC 2047).
enum Kopfzeile {
    /// Whether a text holds what could begin a line of its own, or what no reader can see.
    static func hatSteuerzeichen(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
            default: false
            }
        }
    }

    /// A line of free text: as it is where that is safe and short, else in encoded words.
    static func text(_ name: String, _ value: String) -> String {
        let isPlain =
            value.utf8.allSatisfy { (32...126).contains($0) } && !value.contains("=?")
            && name.utf8.count + 2 + value.utf8.count <= 78
        return "\(name): \(isPlain ? value : woerter(value))"
    }

    /// A line with one mailbox.
    static func adresse(_ name: String, _ anzeige: String?, _ adresse: Postadresse) -> String {
        guard let anzeige, !anzeige.isEmpty else { return "\(name): <\(adresse)>" }
        let isAtom =
            anzeige.utf8.count <= 60
            && anzeige.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 32
            }
        return "\(name): \(isAtom ? anzeige : woerter(anzeige))\r\n <\(adresse)>"
    }

    /// `Sun, 22 Nov 2026 10:00:00 +0000`.
    static func datum(_ am: Instant) -> String {
        // "2026-11-22T10:00:00.000Z", whatever the locale of the machine.
        let iso = Array(am.iso)
        let days = Int((Double(am.rawValue) / 86_400_000).rounded(.down))
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((days % 7) + 7) % 7]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = Int(String(iso[5...6])).map { months[max(1, min(12, $0)) - 1] } ?? "Jan"
        return "Date: \(weekday), \(String(iso[8...9])) \(month) \(String(iso[0...3])) \(String(iso[11...18])) +0000"
    }

    /// Encoded words of at most 75 characters, each with whole letters, one to a line.
    private static func woerter(_ value: String) -> String {
        var words: [String] = []
        var bytes: [UInt8] = []
        func close() {
            guard !bytes.isEmpty else { return }
            words.append("=?UTF-8?B?\(Data(bytes).base64EncodedString())?=")
            bytes = []
        }
        for scalar in value.unicodeScalars {
            let next = Array(String(scalar).utf8)
            // 42 bytes are 56 letters in base64: with the frame of 12 far enough from 75, even in the first line.
            if bytes.count + next.count > 42 { close() }
            bytes += next
        }
        close()
        return words.joined(separator: "\r\n ")
    }
}

/// Text in lines of at most 76 ASCII characters (RFC 2045, 6.7).
enum QuotedPrintable {
    static func encode(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(line).joined(separator: "\r\n")
    }

    private static func line(_ text: Substring) -> String {
        let hex = Array("0123456789ABCDEF")
        let bytes = Array(text.utf8)
        var out = ""
        var width = 0
        for (index, byte) in bytes.enumerated() {
            let isLast = index == bytes.count - 1
            let isPlain = (33...126).contains(byte) && byte != 61 || byte == 32 && !isLast
            let piece =
                isPlain ? String(UnicodeScalar(byte)) : "=" + String(hex[Int(byte >> 4)]) + String(hex[Int(byte & 15)])
            if width + piece.utf8.count > (isLast ? 76 : 75) {
                out += "=\r\n"
                width = 0
            }
            out += piece
            width += piece.utf8.count
        }
        return out
    }
}
