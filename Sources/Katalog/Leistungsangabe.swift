import Kernel
package import Storage

/// Keys and ids as people list them in one cell or field.
package enum Leistungsangabe {
    /// What one piece of the text turned out to be.
    package enum Teil: Sendable, Equatable {
        case schluessel(Leistungsschluessel)
        case kennung(Leistung.ID)

        package var id: Leistung.ID {
            switch self {
            case .schluessel(let key): Leistung.ID(key)
            case .kennung(let id): id
            }
        }
    }

    /// Takes "99110009104000 99 102 013 002 000, o-0123456789ab" apart.
    ///
    /// - Throws: `Angabefehler` naming the piece that is neither a key nor an id.
    package static func parse(_ text: String) throws(Angabefehler) -> [Teil] {
        if let rounded = gerundet(text) { throw Angabefehler(text: rounded) }
        var parts: [Teil] = []
        var digits = ""
        func flush() throws(Angabefehler) {
            guard !digits.isEmpty else { return }
            guard digits.utf8.count % 14 == 0 else { throw Angabefehler(text: digits) }
            var rest = Substring(digits)
            while !rest.isEmpty {
                parts.append(.schluessel(Leistungsschluessel(rawValue: String(rest.prefix(14)))))
                rest = rest.dropFirst(14)
            }
            digits = ""
        }
        for piece in text.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == ";" || $0 == "|" }) {
            if piece.utf8.allSatisfy({ (48...57).contains($0) }) {
                digits += piece
                if digits.utf8.count % 14 == 0 { try flush() }
                continue
            }
            if let key = Leistungsschluessel(getippt: piece), digits.isEmpty {
                parts.append(.schluessel(key))
                continue
            }
            try flush()
            let lower = piece.lowercased()
            guard lower.hasPrefix("o-"), lower.utf8.count == 14, lower.dropFirst(2).allSatisfy(\.isHexDigit) else {
                throw Angabefehler(text: String(piece))
            }
            parts.append(.kennung(Leistung.ID(rawValue: lower)))
        }
        try flush()
        return parts
    }
}

extension Leistungsangabe {
    /// A number as German or English spreadsheets round it ("9,9115E+13"), found before its comma parts it.
    private static func gerundet(_ text: String) -> String? {
        text.split(whereSeparator: { $0.isWhitespace || $0 == ";" || $0 == "|" }).first { (piece: Substring) -> Bool in
            guard let sign = piece.firstIndex(where: { $0 == "E" || $0 == "e" }) else { return false }
            let mantissa = piece[..<sign]
            let exponent = piece[piece.index(after: sign)...]
            return mantissa.contains(where: \.isNumber) && mantissa.allSatisfy { $0.isNumber || $0 == "," || $0 == "." }
                && exponent.first == "+" && exponent.dropFirst().allSatisfy(\.isNumber)
        }.map(String.init)
    }
}

/// A piece that is neither a Leistungsschlüssel nor the id of a Leistung without one.
package struct Angabefehler: Error, Equatable {
    package let text: String

    /// What to tell the person who typed it.
    package var grund: String {
        if text.contains("E+") || text.contains("e+") {
            return
                "„\(text.prefix(40))“ ist ein gerundeter Schlüssel: Die Tabellenkalkulation hat ihn als Zahl gespeichert. Formatieren Sie die Spalte als Text und tragen Sie den Schlüssel neu ein."
        }
        return "„\(text.prefix(40))“ ist kein Leistungsschlüssel. Ein Leistungsschlüssel hat 14 Ziffern."
    }
}

extension LeistungStore {
    /// Known ids among these, in one query.
    package static func known(_ ids: [Leistung.ID], in db: any SQLConnection) throws -> Set<Leistung.ID> {
        guard !ids.isEmpty else { return [] }
        var found: Set<Leistung.ID> = []
        for start in stride(from: 0, to: ids.count, by: 500) {
            let some = Array(ids[start..<min(start + 500, ids.count)])
            for row in try db.rows("SELECT id FROM leistung WHERE id IN (\(some))") { found.insert(try row["id"]) }
        }
        return found
    }
}
