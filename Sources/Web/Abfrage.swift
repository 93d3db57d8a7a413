import Formats
package import Hummingbird
import Kernel

/// The values of a query string or of a form, decoded strictly: bad encoding is refused, never guessed at.
package struct Abfrage: Sendable, Equatable {
    package private(set) var werte: [(name: String, wert: String)] = []

    package init() {}

    /// - Throws: `Refusal.badRequest` for broken percent encoding, invalid UTF-8 or NUL.
    package init(kodiert text: some StringProtocol) throws {
        for part in text.utf8.split(separator: UInt8(ascii: "&"), maxSplits: 5_000) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let rawName = pair.first,
                let name = Prozentkodierung.decode(rawName, plusIsSpace: true),
                let wert = Prozentkodierung.decode(pair.count > 1 ? pair[1] : pair[0].prefix(0), plusIsSpace: true)
            else {
                throw Refusal(
                    .badRequest,
                    "Die Adresse oder das Formular enthält Zeichen, die nicht lesbar sind (kein gültiges UTF-8).")
            }
            werte.append((name, wert))
        }
    }

    package init(_ request: Request) throws { try self.init(kodiert: request.uri.query ?? "") }

    package mutating func add(_ name: String, _ wert: String) { werte.append((name, wert)) }

    /// With one kind of line end: browsers send two characters, files have one, and nothing was changed.
    var mitZeilenenden: Abfrage {
        var copy = Abfrage()
        for (name, wert) in werte { copy.add(name, wert.replacing("\r\n", with: "\n")) }
        return copy
    }

    /// The first value of that name, trimmed; empty counts as absent.
    package subscript(_ name: String) -> String? {
        guard let wert = werte.first(where: { $0.name == name })?.wert else { return nil }
        let trimmed = wert.getrimmt
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The value as it was typed, for a form that comes back.
    package func roh(_ name: String) -> String { werte.first { $0.name == name }?.wert ?? "" }

    /// - Throws: `Refusal.badRequest` when the value is none of the known words.
    package func auswahl<T: RawRepresentable>(_ name: String, _ type: T.Type = T.self) throws -> T?
    where T.RawValue == String {
        guard let text = self[name] else { return nil }
        guard let value = T(rawValue: text) else { throw unbekannt(text, name) }
        return value
    }

    /// Values of one name that a single address may hold.
    package static let hoechstens = 100

    /// All values of that name, trimmed, each once and sorted: a choice of several is a set.
    ///
    /// - Throws: `Refusal.badRequest` for more of them than anybody chooses.
    package func alle(_ name: String) throws -> [String] {
        let found = Set(werte.lazy.filter { $0.name == name }.map(\.wert.getrimmt)).subtracting([""])
        guard found.count <= Abfrage.hoechstens else {
            throw Refusal(
                .badRequest, "Für „\(name)“ sind höchstens \(Abfrage.hoechstens) Werte möglich. Wählen Sie weniger aus."
            )
        }
        return found.sorted()
    }

    /// - Throws: `Refusal.badRequest` when one of the values is none of the known words.
    package func alle<T: RawRepresentable & CaseIterable>(_ name: String, _ type: T.Type = T.self) throws -> [T]
    where T.RawValue == String {
        let words = try alle(name)
        if let unknown = words.first(where: { T(rawValue: $0) == nil }) { throw unbekannt(unknown, name) }
        return T.allCases.filter { words.contains($0.rawValue) }
    }

    private func unbekannt(_ text: String, _ name: String) -> Refusal {
        Refusal(.badRequest, "„\(text.prefix(40))“ ist kein bekannter Wert für „\(name)“.")
    }

    package static func == (a: Abfrage, b: Abfrage) -> Bool {
        a.werte.count == b.werte.count && zip(a.werte, b.werte).allSatisfy { $0 == $1 }
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    package var getrimmt: String {
        guard let start = firstIndex(where: { !$0.isWhitespace }), let end = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[start...end])
    }
}

/// Builds the address of a list in a certain state of filter and page.
package struct Adresse: Sendable, Equatable {
    package var pfad: String
    package var werte: [(name: String, wert: String)] = []

    package init(_ pfad: String, _ werte: [(name: String, wert: String?)] = []) {
        self.pfad = pfad
        self.werte = werte.compactMap { pair in pair.wert.flatMap { $0.isEmpty ? nil : (pair.name, $0) } }
    }

    /// The same list with one value set, or removed by nil.
    package func mit(_ name: String, _ wert: String?) -> Adresse {
        var copy = self
        copy.werte.removeAll { $0.name == name }
        if let wert, !wert.isEmpty { copy.werte.append((name, wert)) }
        return copy
    }

    /// The same list with one more pair.
    package func und(_ name: String, _ wert: String) -> Adresse {
        var copy = self
        copy.werte.append((name, wert))
        return copy
    }

    /// The same list without this one pair, other values of its name stay.
    package func ohne(_ name: String, _ wert: String) -> Adresse {
        var copy = self
        copy.werte.removeAll { $0.name == name && $0.wert == wert }
        return copy
    }

    /// The same state at another path, e.g. the list as a file.
    package func an(_ pfad: String) -> Adresse {
        var copy = self
        copy.pfad = pfad
        return copy
    }

    package var text: String {
        guard !werte.isEmpty else { return pfad }
        let query = werte.map { "\(Prozentkodierung.encode($0.name))=\(Prozentkodierung.encode($0.wert))" }
        return pfad + "?" + query.joined(separator: "&")
    }

    package static func == (a: Adresse, b: Adresse) -> Bool { a.text == b.text }
}
