package import Kernel
import Storage
package import Web

/// What narrows the list of Organisationen; several values of one property widen it, several properties narrow it.
package struct OrganisationFilter: Sendable, Equatable {
    package var eingabe: Sucheingabe?
    package var arten: [Organisation.Art] = []
    /// Keys of Länder, two digits each.
    package var laender: [String] = []
    package var aufgeloest = GebietFilter.Aufgeloest.nein

    package init() {}

    /// - Throws: `Refusal.badRequest` for an unknown kind, or a key that no Land can have.
    package init(_ abfrage: Abfrage) throws {
        eingabe = abfrage["q"].map(Sucheingabe.init)
        arten = try abfrage.alle("art")
        aufgeloest = try abfrage.auswahl("aufgeloest") ?? .nein
        laender = try abfrage.alle("land")
        if let wrong = laender.first(where: { $0.utf8.count != 2 || !$0.utf8.allSatisfy { (48...57).contains($0) } }) {
            throw Refusal(
                .badRequest,
                "„\(wrong.prefix(20))“ ist kein Schlüssel eines Landes. Gemeint sind zwei Ziffern, z. B. 05.")
        }
    }

    /// Parameters of the facets, in the order in which they stand on the page.
    static let facetten = ["art", "land"]
    var gewaehlt: [[String]] { [arten.map(\.rawValue), laender] }

    /// The list in this state.
    func adresse(_ abfrage: Abfrage) -> Adresse {
        var werte: [(name: String, wert: String?)] = [("q", abfrage["q"])]
        if aufgeloest != .nein { werte.append(("aufgeloest", aufgeloest.rawValue)) }
        for (name, chosen) in zip(Self.facetten, gewaehlt) { werte += chosen.map { (name, $0) } }
        return Adresse("/organisationen", werte)
    }

    /// What the facets do not decide.
    var grundbedingung: SQL {
        var parts: [SQL] = []
        switch aufgeloest {
        case .nein: parts.append("organisation.gueltig_bis IS NULL")
        case .ja: parts.append("organisation.gueltig_bis IS NOT NULL")
        case .alle: break
        }
        switch eingabe {
        case .schluessel(let digits):
            parts.append("(gebiet.ars LIKE \(digits + "%") OR gebiet.ags LIKE \(digits + "%"))")
        case .woerter(let suche):
            parts.append(
                "(\(suche.bedingung(suchname: "organisation.suchname", sortname: "organisation.sortname")))")
        case nil: break
        }
        return parts.isEmpty ? "1 = 1" : parts.joined(separator: " AND ")
    }

    var bedingung: SQL {
        var parts = [grundbedingung]
        if !arten.isEmpty { parts.append("organisation.art IN (\(arten))") }
        if !laender.isEmpty { parts.append("gebiet.land IN (\(laender))") }
        return parts.joined(separator: " AND ")
    }

    var ordnung: SQL {
        guard let muster = eingabe?.muster else { return "organisation.sortname, organisation.id" }
        return "\(muster.rang(suchname: "organisation.suchname")), organisation.sortname, organisation.id"
    }

    /// The filters as the page and the second sheet of a file show them.
    func bild(_ abfrage: Abfrage, _ facetten: [Facette]) -> Listenfilter {
        let bestand = Feld(
            "aufgeloest", "Bestand",
            optionen: GebietFilter.Aufgeloest.allCases.map {
                Feld.Option($0 == .nein ? "" : $0.rawValue, $0.wort, gewaehlt: $0 == aufgeloest)
            })
        return Listenfilter(adresse(abfrage), suche: "Name oder Schlüssel", felder: [bestand], facetten: facetten)
    }
}
