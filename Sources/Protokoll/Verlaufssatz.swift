import Kernel

/// A line of the Verlauf as one German sentence: who did what to what, from, to.
struct Verlaufssatz: Sendable, Equatable {
    struct Teil: Sendable, Equatable {
        let text: String
        let pfad: String?

        init(_ text: String, _ pfad: String? = nil) { (self.text, self.pfad) = (text, pfad) }
    }

    private(set) var teile: [Teil] = []

    var text: String { teile.map(\.text).joined() }

    /// - Parameter weg: the address that shows what the same person did besides.
    init(
        _ zeile: Verlaufszeile, _ namen: Verlaufsnamen, _ worte: [any Verlaufsworte],
        weg: (Person.ID?) -> String? = { _ in nil }
    ) {
        let muster = Self.muster[zeile.art] ?? "{wer}: \(Self.name(zeile.art)){gegenstand}{rest}."
        var rest = muster[...]
        while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
            add(Teil(String(rest[..<start])))
            let key = String(rest[rest.index(after: start)..<end])
            for teil in Self.teile(key, zeile, namen, worte, weg) { add(teil) }
            rest = rest[rest.index(after: end)...]
        }
        add(Teil(String(rest)))
    }

    private mutating func add(_ teil: Teil) {
        guard !teil.text.isEmpty else { return }
        if teil.pfad == nil, let last = teile.last, last.pfad == nil {
            teile[teile.count - 1] = Teil(last.text + teil.text)
        } else {
            teile.append(teil)
        }
    }

    private static func teile(
        _ key: String, _ zeile: Verlaufszeile, _ namen: Verlaufsnamen, _ worte: [any Verlaufsworte],
        _ weg: (Person.ID?) -> String?
    ) -> [Teil] {
        func person(_ id: String?) -> Teil {
            Teil(id.flatMap { namen.personen[Person.ID(rawValue: $0)] } ?? Verlaufsnamen.geloescht)
        }
        func rolle(_ wert: String?) -> Teil { Teil(wert.flatMap { Rolle(rawValue: $0)?.name } ?? wert ?? "unbekannt") }
        func ziel(_ id: String?, _ ziele: [String: Verlaufsnamen.Ziel]) -> Teil {
            guard let id else { return Teil("ohne Angabe") }
            return ziele[id].map { Teil("„\($0.name)“", $0.pfad) } ?? Teil("„\(id)“")
        }
        switch key {
        case "wer": return [Teil(namen.wer(zeile.person), weg(zeile.person))]
        case "organisation": return [ziel(zeile.organisation, namen.organisationen)]
        case "beiOrganisation":
            return zeile.organisation == nil ? [] : [Teil(" bei "), ziel(zeile.organisation, namen.organisationen)]
        case "eintrag": return [ziel(zeile.eintrag, namen.eintraege)]
        case "dienst": return [ziel(zeile.dienst, namen.dienste)]
        case "leistung": return [ziel(zeile.leistung, namen.leistungen)]
        case "vonPerson": return [person(zeile.von)]
        case "nachPerson": return [person(zeile.nach)]
        case "vonRolle": return [rolle(zeile.von)]
        case "nachRolle": return [rolle(zeile.nach)]
        case "feldRolle": return [rolle(zeile.feld)]
        case "delegation":
            let hier = ziel(zeile.organisation, namen.organisationen)
            return zeile.nach == nil
                ? [Teil("von "), ziel(zeile.von, namen.organisationen), Teil(" an "), hier]
                : [Teil("von "), hier, Teil(" an "), ziel(zeile.nach, namen.organisationen)]
        case "alsVertretung": return zeile.feld == "vertretung" ? [Teil(" als Vertretung")] : []
        case "tokenumfang":
            let scope = zeile.feld == "aendern" ? " zum Lesen und Ändern" : zeile.feld == "lesen" ? " zum Lesen" : ""
            guard zeile.organisation != nil else { return [Teil(scope)] }
            return [Teil(scope + " bei "), ziel(zeile.organisation, namen.organisationen)]
        case "datenstand": return [Teil(datenstand(zeile))]
        case "nach": return [Teil(wert(zeile.nach, zeile.feld, namen, worte).map { "„\($0)“" } ?? "leer")]
        case "von": return [Teil(wert(zeile.von, zeile.feld, namen, worte).map { "„\($0)“" } ?? "leer")]
        case "nachNummer": return [Teil(zeile.nach ?? "unbekannt")]
        case "feld": return [Teil(feld(zeile.feld))]
        case "wechsel": return [Teil(wechsel(zeile, namen, worte))]
        case "gegenstand":
            if zeile.eintrag != nil { return [Teil(" im Eintrag "), ziel(zeile.eintrag, namen.eintraege)] }
            if zeile.dienst != nil { return [Teil(" beim Onlinedienst "), ziel(zeile.dienst, namen.dienste)] }
            if zeile.leistung != nil { return [Teil(" bei der Leistung "), ziel(zeile.leistung, namen.leistungen)] }
            return zeile.organisation == nil ? [] : [Teil(" bei "), ziel(zeile.organisation, namen.organisationen)]
        case "rest":
            if zeile.feld == nil, zeile.von == nil, zeile.nach == nil { return [] }
            return [
                Teil(", \(zeile.feld == nil ? "" : "das Feld \(feld(zeile.feld)) ")\(wechsel(zeile, namen, worte))")
            ]
        default: return []
        }
    }

    /// Longer values are told as far as a line reads well; the export has them whole.
    private static let laenge = 200

    private static func wechsel(_ zeile: Verlaufszeile, _ namen: Verlaufsnamen, _ worte: [any Verlaufsworte]) -> String
    {
        if [zeile.von, zeile.nach].compactMap({ $0 }).contains(where: Verlauf.istGeschuetzt) {
            return zeile.von == nil
                ? "gesetzt (der Inhalt ist geschützt)"
                : zeile.nach == nil ? "geleert (der Inhalt ist geschützt)" : "geändert (der Inhalt ist geschützt)"
        }
        let von = wert(zeile.von, zeile.feld, namen, worte)
        let nach = wert(zeile.nach, zeile.feld, namen, worte)
        switch (von, nach) {
        case (let von?, let nach?): return "von „\(von)“ auf „\(nach)“ geändert"
        case (nil, let nach?): return "auf „\(nach)“ gesetzt"
        case (let von?, nil): return "geleert, vorher „\(von)“"
        case (nil, nil): return "geändert"
        }
    }

    private static func wert(
        _ wert: String?, _ feld: String?, _ namen: Verlaufsnamen, _ worte: [any Verlaufsworte]
    ) -> String? {
        guard let wert else { return nil }
        switch feld {
        case "onlinedienst": return namen.dienste[wert]?.name ?? wert
        case "anbieter", "organisation": return namen.organisationen[wert]?.name ?? wert
        case "rolle", "vertretung": return Rolle(rawValue: wert)?.name ?? wert
        default:
            if let feld, let wort = worte.lazy.compactMap({ $0.wort(feld: feld, wert: wert) }).first { return wort }
            if let tag = Tag(iso: wert) { return tag.deutsch }
            if let name = namen.personen[Person.ID(rawValue: wert)] { return name }
            return wert.count > laenge ? wert.prefix(laenge) + "…" : wert
        }
    }

    private static func datenstand(_ zeile: Verlaufszeile) -> String {
        let teile = (zeile.datenstand ?? "").split(separator: " ")
        let art = teile.first.map(String.init) ?? ""
        let nummer = teile.count > 1 ? " Nr. \(teile[1])" : ""
        let stand = zeile.nach.map { ", Stand \(Tag(iso: $0)?.deutsch ?? $0)" } ?? ""
        return (staende[art] ?? "den Datenstand \(art)") + nummer + stand
    }
}
