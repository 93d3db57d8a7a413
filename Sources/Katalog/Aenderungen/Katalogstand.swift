package import Formats
import Kernel
package import Web

/// A Katalogstand as programs read it.
package struct Katalogstand: JSONValue {
    let stand: Datenstand

    package static let schema = APISchema(
        "Katalogstand",
        [
            .init("nummer", .zahl), .init("datum", .text, leerbar: true, "Jahr, Monat oder Tag der Daten"),
            .init("bezeichnung", .text), .init("geladenAm", .text, "Zeitpunkt in UTC"),
        ])

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("nummer", stand.nummer)
            json.field("datum", stand.datum)
            json.field("bezeichnung", stand.bezeichnung)
            json.field("geladenAm", stand.geladenAm.iso)
        }
    }
}

extension [Datenstand] {
    func nummer(_ nummer: Int) -> Datenstand? { first { $0.nummer == nummer } }

    /// The words for a Katalogstand; with its number where two have the same date.
    func bezeichnung(_ nummer: Int) -> String {
        guard let stand = self.nummer(nummer) else { return "Katalogstand Nr. \(nummer)" }
        let gleiche = count { $0.bezeichnung == stand.bezeichnung }
        return gleiche == 1 ? stand.bezeichnung : "\(stand.bezeichnung) (Nr. \(nummer))"
    }
}

/// Which two Katalogstände are compared; without a choice the last two.
struct Standwahl: Sendable, Equatable {
    /// All that are loaded, the newest first.
    let staende: [Datenstand]
    /// Nil while fewer than two are loaded.
    let paar: (von: Int, bis: Int)?
    /// The later one was given first.
    let vertauscht: Bool

    /// - Throws: `Refusal` for what is no number, and for a number that no Katalogstand has.
    init(von: String?, bis: String?, staende: [Datenstand]) throws {
        self.staende = staende
        let (first, second) = (
            try Standwahl.nummer(von, "von", staende), try Standwahl.nummer(bis, "bis", staende)
        )
        guard staende.count >= 2, let newest = staende.first else {
            (paar, vertauscht) = (nil, false)
            return
        }
        let last = second ?? newest.nummer
        // Without a beginning it is the Stand before; the first one has none.
        let start = first ?? staende.first { $0.nummer < last }?.nummer ?? last
        paar = (min(start, last), max(start, last))
        vertauscht = start > last
    }

    private static func nummer(_ text: String?, _ name: String, _ staende: [Datenstand]) throws -> Int? {
        guard let text else { return nil }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let nummer = Int(text) else {
            throw Refusal(
                .badRequest,
                "„\(text.prefix(20))“ ist keine Nummer eines Katalogstands. Für „\(name)“ wird eine Zahl erwartet.")
        }
        guard staende.nummer(nummer) != nil else {
            let known =
                staende.isEmpty ? "Es ist noch keiner geladen." : "Der neueste hat die Nummer \(staende[0].nummer)."
            throw Refusal(.notFound, "Einen Katalogstand mit der Nummer \(nummer) gibt es nicht. \(known)")
        }
        return nummer
    }

    static func == (a: Standwahl, b: Standwahl) -> Bool {
        a.staende == b.staende && a.paar?.von == b.paar?.von && a.paar?.bis == b.paar?.bis
            && a.vertauscht == b.vertauscht
    }
}
