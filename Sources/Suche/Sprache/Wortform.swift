import Kernel

/// One word of a text: how it is compared, its stem, and where it stands.
struct Wort: Equatable {
    /// Lower case, `ä` as `ae`, `ß` as `ss`.
    let form: String
    let stamm: String
    let bereich: Range<String.Index>
}

/// Takes German text apart into words and brings each to its stem.
enum Wortform {
    /// Longer runs of letters are no words; they are cut so that nobody pays for them and every engine can hold them.
    static let laengstesWort = 64

    /// The words of a text in order, at most `hoechstens`.
    static func woerter(in text: String, hoechstens: Int = .max) -> [Wort] {
        var text = text
        // Places are counted in bytes, which only a native string finds quickly.
        text.makeContiguousUTF8()
        var words: [Wort] = []
        guard hoechstens > 0 else { return words }
        let start = text.utf8.startIndex
        let all = text
        text.withUTF8 { bytes in
            durchlaufe(bytes) { range in
                let from = all.utf8.index(start, offsetBy: range.lowerBound)
                let end = all.utf8.index(start, offsetBy: range.upperBound)
                for form in formen(String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)) {
                    guard words.count < hoechstens else { return false }
                    words.append(Wort(form: form, stamm: stamm(form), bereich: from..<end))
                }
                return words.count < hoechstens
            }
        }
        return words
    }

    /// What is compared of a run of letters and digits: mostly one word, more for signs that fold into several.
    static func formen(_ written: String) -> [String] {
        guard written.utf8.count > laengstesWort || !written.utf8.allSatisfy({ $0 < 0x80 }) else {
            return [Faltung.suche(written)]
        }
        // By scalars: a mark after a blank is one sign with it, and yet they are two words.
        return Faltung.suche(String(written.prefix(laengstesWort))).unicodeScalars.split(separator: " ").map {
            // Folding makes two letters of one, and one sign may carry any number of marks.
            String(Substring($0.prefix(laengstesWort)))
        }
    }

    /// The runs of letters and digits as ranges of bytes, until `body` says false.
    static func durchlaufe(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Bool) {
        var start = -1
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            let isInside: Bool
            var length = 1
            if byte < 0x80 {
                isInside = 0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
            } else if byte == 0xC3, position + 1 < bytes.count {
                // From À to ÿ all are letters but × and ÷.
                isInside = bytes[position + 1] != 0x97 && bytes[position + 1] != 0xB7
                length = 2
            } else {
                let scalar = zeichen(bytes, position)
                isInside = gehoertZumWort(scalar)
                length = UTF8.width(scalar)
            }
            if isInside {
                if start < 0 { start = position }
            } else if start >= 0 {
                guard body(start..<position) else { return }
                start = -1
            }
            position += length
        }
        if start >= 0 { _ = body(start..<bytes.count) }
    }

    /// The scalar that begins at a byte of valid UTF-8.
    private static func zeichen(_ bytes: UnsafeBufferPointer<UInt8>, _ position: Int) -> Unicode.Scalar {
        var rest = bytes[position..<min(position + 4, bytes.count)].makeIterator()
        var decoder = UTF8()
        guard case .scalarValue(let scalar) = decoder.decode(&rest) else { return "\u{FFFD}" }
        return scalar
    }

    /// Letters, digits, and the marks that stand inside a word: accents set apart, soft hyphens, joiners.
    private static func gehoertZumWort(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .enclosingMark, .spacingMark, .decimalNumber, .letterNumber, .otherNumber, .format:
            return true
        default: return false
        }
    }

    /// The stem: endings of declension and conjugation and `-ung` taken off, then umlauts read as plain vowels.
    ///
    /// So `Verlängerung` and `verlängern`, `Häuser` and `Haus`, `Müll`, `Muell` and `Mull` meet. Both the index and
    /// every question go through it; a stem need not be a word.
    static func stamm(_ form: String) -> String {
        var bytes = Array(form.utf8)
        guard bytes.count > 3, bytes.allSatisfy({ (0x61...0x7A).contains($0) }) else {
            return String(decoding: ohneUmlaut(bytes), as: UTF8.self)
        }
        for _ in 0..<2 where !kuerze(&bytes) { break }
        if endet(bytes, auf: "ung"), laenge(bytes[...]) >= 6, istSilbe(bytes.dropLast(3)) {
            bytes.removeLast(3)
            if endet(bytes, auf: "er"), laenge(bytes[...]) >= 5, !istUmlaut(vor: bytes.count - 2, bytes) {
                bytes.removeLast(2)
            }
        }
        if endet(bytes, auf: "niss") { bytes.removeLast() }
        return String(decoding: ohneUmlaut(bytes), as: UTF8.self)
    }

    private static let endungen: [[UInt8]] = ["erinnen", "innen", "erin", "ern", "em", "en", "er", "es", "e", "n"].map {
        Array($0.utf8)
    }

    /// Takes off one ending; false where there is none.
    private static func kuerze(_ bytes: inout [UInt8]) -> Bool {
        // What is left of a word must be able to stand for it.
        for ending in endungen where bytes.suffix(ending.count).elementsEqual(ending) {
            let rest = bytes.count - ending.count
            guard laenge(bytes.prefix(max(rest, 0))) >= 3, !istUmlaut(vor: rest, bytes) else { continue }
            // "Befreiung" keeps its ng, "Ehen" its e, "grün" its n.
            if ending == [0x6E],
                !endet(bytes, auf: "ern"), !endet(bytes, auf: "eln"),
                !endet(bytes, auf: "en")
                    || istUmlaut(vor: bytes.count - 2, bytes)
            {
                continue
            }
            bytes.removeLast(ending.count)
            return true
        }
        // A genitive or plural s, after the letters that can bear one.
        if bytes.last == 0x73, laenge(bytes[...]) >= 4, "bdfghklmnrtwao".utf8.contains(bytes[bytes.count - 2]) {
            bytes.removeLast()
            return true
        }
        return false
    }

    /// Letters, where `ae`, `oe` and `ue` count once, so that a word has one length in every spelling.
    private static func laenge(_ bytes: ArraySlice<UInt8>) -> Int {
        var count = 0
        var last: UInt8 = 0
        for byte in bytes {
            if byte == 0x65, last == 0x61 || last == 0x6F || last == 0x75 { continue }
            (count, last) = (count + 1, byte)
        }
        return count
    }

    /// Whether the `e` at that place is the second letter of an umlaut: in "erklaer", not in "steuer" or "quer".
    private static func istUmlaut(vor place: Int, _ bytes: [UInt8]) -> Bool {
        guard place >= 1, place < bytes.count, bytes[place] == 0x65 else { return false }
        switch bytes[place - 1] {
        case 0x61, 0x6F: return true
        case 0x75: return place < 2 || ![0x61, 0x65, 0x71].contains(bytes[place - 2])
        default: return false
        }
    }

    /// Whether the last letters can be spoken: "ladung" has the stem "lad", but "sprung" not "spr".
    private static func istSilbe(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.suffix(4).contains { "aeiouy".utf8.contains($0) }
    }

    private static func endet(_ bytes: [UInt8], auf ending: StaticString) -> Bool {
        ending.withUTF8Buffer { bytes.count >= $0.count && bytes.suffix($0.count).elementsEqual($0) }
    }

    static func ohneUmlaut(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for byte in bytes {
            // The e of ae, oe, ue; "quelle" keeps its own.
            if byte == 0x65, let last = result.last, last == 0x61 || last == 0x6F || last == 0x75,
                !(last == 0x75 && result.dropLast().last == 0x71)
            {
                continue
            }
            result.append(byte)
        }
        return result
    }

    /// "angemeldet" means "anmelden": the stem without its `ge`, or nil for words that are no such participle.
    static func ohnePartizip(_ form: String) -> String? {
        for prefix in vorsilben where form.hasPrefix(prefix + "ge") {
            let rest = form.dropFirst(prefix.utf8.count + 2)
            guard rest.utf8.count >= 4, rest.hasSuffix("t") || rest.hasSuffix("en") else { continue }
            return stamm(
                prefix + (rest.hasSuffix("et") ? rest.dropLast(2) : rest.hasSuffix("t") ? rest.dropLast() : rest))
        }
        return nil
    }

    private static let vorsilben = ["an", "ab", "um", "auf", "aus", "ein", "vor", "zu", "bei", "mit", "nach", "her"]
}
