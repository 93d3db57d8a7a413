import Kernel
import Storage
import Verzeichnis
import Web

/// Which lines of the Verlauf a page shows, as its address says it.
struct VerlaufFilter: Sendable {
    var auswahl = Verlaufsauswahl()
    /// The Organisation whose page this is, or that was typed.
    private(set) var organisation: Organisation?
    private(set) var stelle: VerlaufStore.Stelle?
    let adresse: Adresse

    /// - Throws: `Refusal` for values that say nothing, with a sentence about what to type.
    init(_ abfrage: Abfrage, pfad: String, organisation: Organisation?, in db: any SQLConnection) throws {
        let typed = organisation == nil ? abfrage["organisation"] : nil
        self.organisation = try organisation ?? typed.map { try OrganisationStore.named($0, in: db) }
        auswahl.organisation = self.organisation?.id.rawValue
        let art: Verlauf.Art? = try abfrage.auswahl("art")
        auswahl.art = art?.rawValue
        let wer = abfrage["person"]
        auswahl.wer = try wer.map(Self.wer)
        let von = try Self.tag(abfrage, "von")
        let bis = try Self.tag(abfrage, "bis")
        if let von, let bis, bis < von {
            throw Refusal(
                .badRequest,
                "Der Zeitraum endet vor seinem Anfang. Vertauschen Sie die beiden Tage \(von.deutsch) und \(bis.deutsch)."
            )
        }
        auswahl.von = von.map(\.beginn)
        auswahl.bis = bis.map { $0.plus(tage: 1).beginn }
        stelle = try abfrage["vor"].map { text in
            guard let parts = Marke.decode(text), parts.count == 2, let am = Int(parts[0]) else {
                throw Refusal(.badRequest, "„vor“ muss unverändert aus dem Verweis „Ältere“ stammen.")
            }
            return (Instant(rawValue: am), parts[1])
        }
        adresse = Adresse(
            pfad,
            [
                ("organisation", typed), ("art", art?.rawValue), ("person", wer), ("von", von?.iso), ("bis", bis?.iso),
            ])
    }

    /// The list as it goes on after its last line.
    func aeltere(nach zeile: Verlaufszeile) -> String {
        adresse.mit("vor", Marke.encode([String(zeile.am.rawValue), zeile.id])).text
    }

    static let betrieb = "betrieb"

    private static func wer(_ text: String) throws -> Verlaufsauswahl.Wer {
        if text == betrieb { return .betrieb }
        guard Kennung.istKennung(text) else {
            throw Refusal(
                .badRequest,
                "„\(text.prefix(40))“ ist keine Kennung einer Person. Wählen Sie die Person über ihren Namen in der Liste."
            )
        }
        return .person(Person.ID(rawValue: text))
    }

    private static func tag(_ abfrage: Abfrage, _ name: String) throws -> Tag? {
        guard let text = abfrage[name] else { return nil }
        guard let tag = Tag(getippt: text), (1970...2999).contains(tag.jahr) else {
            throw Refusal(.badRequest, "„\(text.prefix(40))“ ist kein Tag. Gemeint ist z. B. 31.12.2026.")
        }
        return tag
    }

    /// The filters as the page and the second sheet of a file show them.
    func bild(_ namen: [Person.ID: String]) -> Listenfilter {
        var worte: [String: (titel: String, text: String)] = [:]
        if let organisation, adresse.werte.contains(where: { $0.name == "organisation" }) {
            worte["organisation"] = ("Organisation", organisation.name)
        }
        if let art = auswahl.art { worte["art"] = ("Art", Verlaufssatz.name(art)) }
        switch auswahl.wer {
        case .betrieb?: worte["person"] = ("Wer", "Der Betrieb")
        case .person(let id)?: worte["person"] = ("Wer", namen[id] ?? Verlaufsnamen.geloescht)
        case nil: break
        }
        for (name, titel) in [("von", "Von"), ("bis", "Bis")] {
            guard let wert = adresse.werte.first(where: { $0.name == name })?.wert else { continue }
            worte[name] = (titel, Tag(iso: wert)?.deutsch ?? wert)
        }
        return Listenfilter(adresse, suche: "", worte: worte)
    }

    var gewaehltePerson: Person.ID? {
        if case .person(let id)? = auswahl.wer { id } else { nil }
    }
}

extension Tag {
    /// The first moment of the day in Berlin.
    var beginn: Instant {
        let utc = Instant(rawValue: (Tag(iso: "1970-01-01")?.tage(bis: self) ?? 0) * 86_400_000)
        // One hour ahead of UTC in winter, two in summer; which one holds, the day itself says.
        let sommer = utc.plus(sekunden: -7_200)
        return sommer.tag == self ? sommer : utc.plus(sekunden: -3_600)
    }
}
