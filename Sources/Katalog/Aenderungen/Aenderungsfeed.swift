import Kernel
import Storage
import Web

/// The changes of the newest Katalogstände to subscribe to: for each Stand a summary and its changes one by one.
struct Aenderungsfeed {
    /// Changes told one by one; a Stand that has more says so in its summary.
    static let hoechstens = 200
    static let hoechstensStaende = 10

    private let themenfeld: Einordnung?
    private let staende: [Datenstand]
    private let neuester: Datenstand
    /// Stable data that tells this installation from any other: when its first catalogue was loaded.
    private let anfang: String

    /// - Throws: `Refusal.notFound` for an unknown Themenfeld, and while no catalogue is loaded.
    init(themenfeld slug: String?, in db: any SQLConnection) throws {
        staende = try DatenstandStore.all(.katalog, in: db)
        guard let newest = staende.first, let first = staende.last else {
            throw Refusal(.notFound, "Es ist noch kein Katalog geladen, also auch nichts zu abonnieren.")
        }
        neuester = newest
        anfang = "\(first.geladenAm.rawValue)"
        themenfeld = try slug.map { slug in try OZGStore.felder(in: db).themenfeld(slug) }
    }

    func marke(version: String, adresse: String?) -> Abrufmarke {
        Abrufmarke(
            zustand: [version, adresse ?? "", anfang, "\(neuester.nummer)", themenfeld?.slug ?? ""],
            geaendert: neuester.geladenAm)
    }

    func lesen(in db: any SQLConnection) throws -> AtomFeed {
        var eintraege: [AtomFeed.Eintrag] = []
        var frei = Aenderungsfeed.hoechstens
        for stand in staende.prefix(Aenderungsfeed.hoechstensStaende) {
            let vergleich = try Katalogvergleich(von: stand.nummer - 1, bis: stand.nummer, in: db)
                .eingeschraenkt(auf: Aenderungsfilter(themenfeld: themenfeld?.slug))
            // The first catalogue is new as a whole; nobody wants that one by one.
            let einzeln = stand.nummer == 1 ? [] : vergleich.aenderungen.prefix(frei)
            frei -= einzeln.count
            eintraege.append(zusammenfassung(stand, vergleich, einzeln: einzeln.count))
            eintraege += einzeln.map { eintrag($0, stand) }
        }
        let query = [("themenfeld", themenfeld?.slug)]
        return AtomFeed(
            id: AtomFeed.kennung("katalog-aenderungen", anfang, themenfeld?.slug ?? ""),
            titel: themenfeld.map { "Änderungen am Katalog: \($0.name)" } ?? "Änderungen am Katalog",
            untertitel: "Was mit jedem Katalogstand neu ist, entfällt oder sich ändert.", am: neuester.geladenAm,
            seite: Adresse("/katalog/aenderungen", query).text,
            selbst: Adresse("/katalog/aenderungen.atom", query).text, eintraege: eintraege)
    }

    private func zusammenfassung(_ stand: Datenstand, _ vergleich: Katalogvergleich, einzeln: Int) -> AtomFeed.Eintrag {
        let zahl = vergleich.aenderungen.count
        var lines = Katalogaenderung.Gegenstand.allCases.flatMap { gegenstand in
            Katalogaenderung.Art.allCases.compactMap { art in
                let zahl = vergleich.zahl(gegenstand, art)
                return zahl == 0 ? nil : "\(Zahl.deutsch(zahl)) \(art.wort(gegenstand, zahl))"
            }
        }
        if zahl == 0 {
            lines.append(
                themenfeld == nil ? "Nichts hat sich geändert." : "In diesem Themenfeld hat sich nichts geändert.")
        }
        if stand.nummer > 1, einzeln < zahl {
            lines.append(
                "Dieser Feed nennt davon \(Zahl.deutsch(einzeln)) einzeln; alle stehen auf der Seite der Änderungen.")
        }
        // Of the first Stand there is no comparison to show.
        let pfad =
            stand.nummer == 1
            ? Adresse("/katalog/aenderungen", [("themenfeld", themenfeld?.slug)])
            : Adresse(
                "/katalog/aenderungen",
                [("von", "\(stand.nummer - 1)"), ("bis", "\(stand.nummer)"), ("themenfeld", themenfeld?.slug)])
        return AtomFeed.Eintrag(
            id: AtomFeed.kennung("katalogstand", anfang, "\(stand.nummer)", themenfeld?.slug ?? ""),
            titel: stand.nummer == 1
                ? "\(staende.bezeichnung(stand.nummer)) geladen"
                : "\(staende.bezeichnung(stand.nummer)): \(Zahl.mit(zahl, "Änderung", "Änderungen"))",
            am: stand.geladenAm, pfad: pfad.text, text: lines.joined(separator: "\n"))
    }

    private func eintrag(_ aenderung: Katalogaenderung, _ stand: Datenstand) -> AtomFeed.Eintrag {
        var lines = ["\(aenderung.gegenstand.wort) \(aenderung.schluessel), \(staende.bezeichnung(stand.nummer))"]
        lines += aenderung.felder.map { feld in
            "\(feld.name.wort): \(feld.altText ?? "ohne Angabe") → \(feld.neuText ?? "ohne Angabe")"
        }
        return AtomFeed.Eintrag(
            id: AtomFeed.kennung(
                "katalogaenderung", anfang, "\(stand.nummer)", aenderung.gegenstand.rawValue, aenderung.id),
            titel: "\(aenderung.art.wort): \(aenderung.name)", am: stand.geladenAm, pfad: aenderung.pfad,
            text: lines.joined(separator: "\n"),
            kategorie: aenderung.themenfeld.map { (wert: $0.slug, name: $0.name) })
    }
}
