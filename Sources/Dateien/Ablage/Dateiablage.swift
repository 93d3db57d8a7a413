package import Formats
package import Kernel

/// Where content is kept, under places that are never used twice.
///
/// A place is made of the content's hash and an own mark: whoever puts content names a place that nobody else knows, and
/// whoever takes it away can be sure that nobody has come to it since. So no lock is held while bytes move.
package protocol Dateiablage: Sendable {
    /// Its name in the table.
    var name: String { get }

    /// Puts a finished file there; returns when it outlives a power cut.
    func lege(_ datei: TemporaryFile, sha256: String, an ort: String) async throws

    /// - Throws: `Ablagefehler.fehlt` where nothing is there.
    func hole(_ ort: String) async throws -> any Bytezugriff

    /// Whether there is something, without fetching it.
    func enthaelt(_ ort: String) async throws -> Bool

    /// Nothing happens where nothing is there, or where nothing may be taken away now; false then.
    @discardableResult
    func loesche(_ ort: String) async throws -> Bool

    /// The places that were filled before a moment.
    func orte(vor: Instant) async throws -> [String]
}

package enum Ablagefehler: Error, Sendable, Equatable {
    case fehlt
    /// Too much is being fetched already.
    case besetzt
    /// The store does not answer, or not as it should; the text is for the log and names no secret.
    case gestoert(String)
}

package enum Ablageort {
    /// `ab/cd/abcd…-kennung`
    package static func neu(_ sha256: String) -> String {
        "\(sha256.prefix(2))/\(sha256.dropFirst(2).prefix(2))/\(sha256)-\(Kennung.neu())"
    }

    /// The three parts of a place; nil for what no place looks like.
    static func teile(_ ort: String) -> [String]? {
        let parts = ort.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[0].utf8.count == 2, parts[1].utf8.count == 2, parts[2].utf8.count == 81,
            parts[2].hasPrefix(parts[0] + parts[1]),
            parts[2].utf8.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) || $0 == 45 })
        else { return nil }
        return parts
    }
}
