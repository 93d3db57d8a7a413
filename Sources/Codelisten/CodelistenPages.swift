import Kernel
import Web

/// The list of all Codelisten.
struct CodelistenSeite: Page {
    static let template = "codelisten/codelisten"
    let getippt: String?
    let listen: [Codeliste]
    let blaettern: Blaettern

    init(getippt: String?, gesamt: Int, seite: Seite, listen: [Codeliste]) throws {
        (self.getippt, self.listen) = (getippt, listen)
        blaettern = try Blaettern(seite, gesamt: gesamt, adresse: Adresse("/codelisten", [("q", getippt)]))
    }

    var titel: String { "Codelisten" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Codelisten")] }
    var bereich: String { "/codelisten" }

    func child(named: String) -> Any? {
        switch named {
        case "suche": Feld("q", "Name oder Kennung", wert: getippt, typ: "search")
        case "gefiltert": getippt != nil
        case "gesamt": Zahl.mit(blaettern.gesamt, "Codeliste", "Codelisten")
        case "leer": listen.isEmpty
        case "zeilen":
            listen.map { liste in
                Werte([
                    ("name", liste.name), ("pfad", liste.pfad), ("kennung", liste.kennung), ("version", liste.version),
                    ("gueltig", Zeitraum(liste.gueltigAb, liste.gueltigBis).text),
                    ("anzahl", Zahl.deutsch(liste.anzahl)),
                    ("herausgeber", liste.herausgeber),
                ])
            }
        case "seiten": blaettern.letzte > 1 ? blaettern : nil
        default: nil
        }
    }
}

/// One Codeliste, as one of its Fassungen says.
struct CodelisteSeite: Page {
    static let template = "codelisten/codeliste"
    let wahl: Fassungswahl
    let getippt: String?
    let eintraege: [Codelisteneintrag]
    let blaettern: Blaettern

    init(wahl: Fassungswahl, getippt: String?, gesamt: Int, seite: Seite, eintraege: [Codelisteneintrag]) throws {
        (self.wahl, self.getippt, self.eintraege) = (wahl, getippt, eintraege)
        blaettern = try Blaettern(seite, gesamt: gesamt, adresse: Self.adresse(wahl, getippt, wahl.liste.pfad))
    }

    private static func adresse(_ wahl: Fassungswahl, _ getippt: String?, _ pfad: String) -> Adresse {
        Adresse(pfad, [("version", wahl.istGewaehlt ? wahl.fassung.version : nil), ("q", getippt)])
    }

    var titel: String { wahl.fassung.name }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Codelisten", "/codelisten"), Krume(titel)] }
    var bereich: String { "/codelisten" }

    func child(named: String) -> Any? {
        let fassung = wahl.fassung
        return switch named {
        case "name": fassung.name
        case "version": fassung.version
        case "kennung": wahl.liste.kennung
        case "fassungskennung": fassung.kennung
        case "herausgeber": fassung.herausgeber
        case "beschreibung": fassung.beschreibung
        case "fassungshinweis": fassung.hinweis
        case "aenderung": fassung.aenderung
        case "gueltig": Zeitraum(fassung.gueltigAb, fassung.gueltigBis).text
        case "geladen": fassung.geladenAm.berlin
        case "andereGueltig": andere
        case "pfad": wahl.liste.pfad
        case "gewaehlt": wahl.istGewaehlt ? fassung.version : nil
        case "suche": Feld("q", "Code oder Wörter", wert: getippt, typ: "search")
        case "zuruecksetzen": getippt == nil ? nil : Self.adresse(wahl, nil, wahl.liste.pfad).text
        case "gesamt": Zahl.mit(blaettern.gesamt, "Eintrag", "Einträge")
        case "csv": Self.adresse(wahl, getippt, wahl.liste.pfad + "/eintraege.csv").text
        case "leer": eintraege.isEmpty
        case "koepfe": uebrige.map(\.name)
        case "codekopf": fassung.spalten.first { $0.id == fassung.codespalte }?.name ?? "Code"
        case "zeilen": eintraege.map(zeile)
        case "seiten": blaettern.letzte > 1 ? blaettern : nil
        case "fassungen": wahl.fassungen.reversed().map(fassungszeile)
        case "spalten": fassung.spalten.map(spaltenzeile)
        default: nil
        }
    }

    /// The code stands in front of the others.
    private var uebrige: [Codelistenspalte] { wahl.fassung.spalten.filter { $0.id != wahl.fassung.codespalte } }

    private func zeile(_ eintrag: Codelisteneintrag) -> Werte {
        Werte([
            ("code", eintrag.code),
            ("zellen", uebrige.map { zelle($0, eintrag[$0.id]) }),
        ])
    }

    private func zelle(_ spalte: Codelistenspalte, _ wert: String?) -> Werte {
        // A long text needs a wide cell, or its row becomes a tower.
        Werte([("spalte", spalte.name), ("wert", wert), ("lang", (wert?.utf8.count ?? 0) > 120)])
    }

    private func fassungszeile(_ fassung: Codelistenfassung) -> Werte {
        Werte([
            ("version", fassung.version), ("pfad", Adresse(wahl.liste.pfad, [("version", fassung.version)]).text),
            ("gueltig", Zeitraum(fassung.gueltigAb, fassung.gueltigBis).text), ("anzahl", Zahl.deutsch(fassung.anzahl)),
            ("geladen", fassung.geladenAm.tag.deutsch), ("angezeigt", fassung.id == wahl.fassung.id),
            ("heute", fassung.id == wahl.gueltig?.id),
        ])
    }

    private func spaltenzeile(_ spalte: Codelistenspalte) -> Werte {
        let rolle: String? =
            if spalte.id == wahl.fassung.codespalte {
                "Code"
            } else if spalte.id == wahl.fassung.namensspalte {
                "Name"
            } else {
                spalte.istSchluessel ? "weiterer Schlüssel" : nil
            }
        return Werte([
            ("id", spalte.id), ("name", spalte.name == spalte.id ? nil : spalte.name), ("datentyp", spalte.datentyp),
            ("sprache", spalte.sprache), ("pflicht", spalte.istPflicht ? "immer" : "wenn bekannt"), ("rolle", rolle),
        ])
    }

    /// Another Fassung than the one shown is in force today.
    private var andere: Verweis? {
        guard let gueltig = wahl.gueltig, gueltig.id != wahl.fassung.id else { return nil }
        return Verweis("Fassung \(gueltig.version)", Adresse(wahl.liste.pfad, [("version", gueltig.version)]).text)
    }
}

/// From when to when something holds, in words.
private struct Zeitraum {
    let ab: Tag?
    let bis: Tag?

    init(_ ab: Tag?, _ bis: Tag?) { (self.ab, self.bis) = (ab, bis) }

    /// Nil where the publisher says nothing.
    var text: String? {
        switch (ab, bis) {
        case (let ab?, let bis?): "\(ab.deutsch) bis \(bis.deutsch)"
        case (let ab?, nil): "ab \(ab.deutsch)"
        case (nil, let bis?): "bis \(bis.deutsch)"
        case (nil, nil): nil
        }
    }
}
