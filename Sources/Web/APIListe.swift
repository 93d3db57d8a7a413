package import Formats
package import Hummingbird
import Kernel
package import Storage

/// A value of the JSON interface.
package protocol JSONValue: Sendable {
    func write(to json: inout JSONWriter)
}

/// What a caller of a JSON list asks for.
package struct Listenwunsch: Sendable, Equatable {
    static let hoechstens = 200
    static let vorgabe = 50

    package let anzahl: Int
    /// Where the previous answer ended; the list's own sort values, opaque to the caller.
    package let nach: [String]?

    /// - Throws: `Refusal.badRequest` for numbers out of range or a cursor that is not ours.
    package init(_ abfrage: Abfrage, teile: Int = 2) throws {
        if let text = abfrage["anzahl"] {
            guard let anzahl = Int(text), (1...Listenwunsch.hoechstens).contains(anzahl) else {
                throw Refusal(.badRequest, "„anzahl“ muss eine Zahl von 1 bis \(Listenwunsch.hoechstens) sein.")
            }
            self.anzahl = anzahl
        } else {
            anzahl = Listenwunsch.vorgabe
        }
        nach = try abfrage["weiter"].map { text in
            guard let parts = Marke.decode(text), parts.count == teile else {
                throw Refusal(.badRequest, "„weiter“ muss unverändert aus der vorigen Antwort stammen.")
            }
            return parts
        }
    }
}

extension Abfrage {
    /// Whether a caller of a JSON list asks for its facets.
    ///
    /// - Throws: `Refusal.badRequest` for anything but yes and no.
    package func willFacetten() throws -> Bool {
        switch self["facetten"] {
        case "ja": return true
        case nil, "nein": return false
        case let text?: throw Refusal(.badRequest, "„facetten“ ist „ja“ oder „nein“, nicht „\(text.prefix(40))“.")
        }
    }
}

extension Listenwunsch {
    /// Rows after the cursor in a list ordered by sort name and id.
    package func bedingung(sortname: SQL, id: SQL) -> SQL {
        guard let nach else { return "1 = 1" }
        return "(\(sortname) > \(nach[0]) OR (\(sortname) = \(nach[0]) AND \(id) > \(nach[1])))"
    }

    /// Cuts the one row too many that was asked for, and marks where the next answer goes on.
    package func teil<T>(_ rows: [T], marke: (T) -> [String]) -> (eintraege: [T], weiter: String?) {
        let shown = Array(rows.prefix(anzahl))
        guard rows.count > anzahl, let last = shown.last else { return (shown, nil) }
        return (shown, Marke.encode(marke(last)))
    }
}

extension Listenwunsch {
    /// A part of a list that is held whole; the cursor is a place in it.
    ///
    /// - Throws: `Refusal.badRequest` for a cursor that is not ours.
    package func teil<T>(alle: [T]) throws -> (eintraege: [T], weiter: String?) {
        var start = 0
        if let nach {
            guard let place = Int(nach[0]), place > 0 else {
                throw Refusal(.badRequest, "„weiter“ muss unverändert aus der vorigen Antwort stammen.")
            }
            start = min(place, alle.count)
        }
        let end = min(start + anzahl, alle.count)
        return (Array(alle[start..<end]), end < alle.count ? Marke.encode(["\(end)"]) : nil)
    }
}

/// The cursor of a list: sort values joined and written in base64url.
package enum Marke {
    package static func encode(_ parts: [String]) -> String {
        Base64URL.encode(Array(parts.joined(separator: "\u{1F}").utf8))
    }

    /// Bytes of the longest one that is read.
    static let laengste = 4_096

    package static func decode(_ text: String) -> [String]? {
        guard text.utf8.count <= laengste, let bytes = Base64URL.decode(text),
            let joined = String(validating: bytes, as: UTF8.self), !joined.utf8.contains(0)
        else { return nil }
        return joined.split(separator: "\u{1F}", omittingEmptySubsequences: false).map(String.init)
    }
}

/// Base64 with the alphabet of RFC 4648 section 5, without padding.
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count * 4 + 2) / 3)
        var (buffer, bits) = (0, 0)
        for byte in bytes {
            buffer = (buffer << 8 | Int(byte)) & 0xFFFF
            bits += 8
            while bits >= 6 {
                bits -= 6
                out.append(alphabet[buffer >> bits & 63])
            }
        }
        if bits > 0 { out.append(alphabet[buffer << (6 - bits) & 63]) }
        return String(decoding: out, as: UTF8.self)
    }

    package static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var (buffer, bits) = (0, 0)
        for character in text.utf8 {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            buffer = (buffer << 6 | value) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(buffer >> bits & 255))
            }
        }
        return out
    }
}

extension JSONWriter {
    /// A list as the interface answers it: entries, how many there are in all, where to go on.
    package static func liste(
        _ entries: [some JSONValue], gesamt: Int, weiter: String?, facetten: [Facette]? = nil
    ) -> [UInt8] {
        var json = JSONWriter(capacity: entries.count * 200 + 64)
        json.object { json in
            json.field("eintraege", array: { json in for entry in entries { entry.write(to: &json) } })
            json.field("gesamt", gesamt)
            json.field("weiter", weiter)
            if let facetten {
                json.field("facetten", array: { json in for facette in facetten { facette.write(to: &json) } })
            }
        }
        return json.bytes
    }
}

extension Response {
    package static func liste(
        _ entries: [some JSONValue], gesamt: Int, weiter: String?, facetten: [Facette]? = nil
    ) -> Response {
        .json(JSONWriter.liste(entries, gesamt: gesamt, weiter: weiter, facetten: facetten))
    }

    package static func json(_ value: some JSONValue) -> Response {
        var json = JSONWriter(capacity: 512)
        value.write(to: &json)
        return .json(json.bytes)
    }
}
