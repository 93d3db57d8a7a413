package import Kernel
import Web

/// Which claims of an identity provider give which roles; one rule a line.
///
///     gruppen = ozg-koordination -> ozg_ansprechperson @ 055580016016
///     realm_access.roles = "Leitstand Redaktion" -> redaktion @ 055580016016 vertretung
///     gruppen = leitstand-betrieb -> administration
///     bestehende-konten = verknuepfen
package struct Rollenregeln: Sendable, Equatable {
    package struct Regel: Sendable, Equatable {
        package let zeile: Int
        /// The names that lead to the claim.
        let pfad: [String]
        /// Nil for `*`: the claim is there and not empty.
        let wert: String?
        package let rolle: Rolle
        /// As written: id, key of a place, or name.
        package let organisation: String?
        let vertretung: Bool

        func trifft(_ ansprueche: JSONWert) -> Bool {
            guard let worte = ansprueche[pfad]?.worte else { return false }
            return wert.map { worte.contains($0) } ?? worte.contains { !$0.isEmpty && $0 != "false" }
        }
    }

    /// What is wrong with a line, and where.
    package struct Fehler: Sendable, Equatable, CustomStringConvertible {
        package let zeile: Int
        package let spalte: Int
        package let text: String

        package var description: String { "Zeile \(zeile), Spalte \(spalte): \(text)" }
    }

    package private(set) var regeln: [Regel] = []
    /// People with a confirmed address sign in to the account that has it, also when nobody invited them.
    package private(set) var verknuepft = false

    package init() {}

    package static let hoechstens = 1_000

    /// Reads all lines; every fault is named, not only the first.
    package static func lies(_ text: String) -> (regeln: Rollenregeln, fehler: [Fehler]) {
        var result = Rollenregeln()
        var faults: [Fehler] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            var zeile = Regelzeile(line)
            do throws(Regelzeile.Fehler) {
                switch try zeile.lies() {
                case nil: break
                case .verknuepfen: result.verknuepft = true
                case .regel(let pfad, let wert, let rolle, let organisation, let vertretung):
                    guard result.regeln.count < hoechstens else {
                        throw Regelzeile.Fehler(spalte: 1, text: "Mehr als \(hoechstens) Regeln sind nicht möglich.")
                    }
                    result.regeln.append(
                        Regel(
                            zeile: index + 1, pfad: pfad, wert: wert, rolle: rolle, organisation: organisation,
                            vertretung: vertretung))
                }
            } catch { faults.append(Fehler(zeile: index + 1, spalte: error.spalte, text: error.text)) }
        }
        return (result, faults)
    }

    /// - Throws: `Refusal.badRequest` that names every faulty line.
    package init(_ text: String) throws {
        let (regeln, fehler) = Rollenregeln.lies(text)
        guard fehler.isEmpty else {
            let shown = fehler.prefix(10).map(\.description).joined(separator: "\n    ")
            throw Refusal(.badRequest, "Die Regeln für Rollen sind nicht lesbar:\n    \(shown)")
        }
        self = regeln
    }

    func treffer(_ ansprueche: JSONWert) -> [Regel] { regeln.filter { $0.trifft(ansprueche) } }

    /// Whether a claim that some rule asks for is missing there.
    func fehltEtwas(in ansprueche: JSONWert) -> Bool {
        regeln.contains { regel in ansprueche[regel.pfad] == nil }
    }
}
