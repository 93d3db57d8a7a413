import Katalog
package import Kernel
package import Storage
package import Verzeichnis
package import Web

struct UmsetzungUebersicht: Page {
    static let template = "umsetzung/uebersicht"
    let gesucht: String?
    let treffer: [Organisation]
    let listen: [EintragStore.Liste]
    let blaettern: Blaettern
    /// The whole Verlauf, for those who audit.
    let verlauf: String?

    var titel: String { "Umsetzung" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Umsetzung")] }
    var bereich: String { "/umsetzung" }

    func child(named: String) -> Any? {
        switch named {
        case "suche": Feld("q", "Verwaltung", wert: gesucht, hinweis: "Name oder Regionalschlüssel", typ: "search")
        case "gesucht": gesucht
        case "verlauf": verlauf
        case "treffer": treffer.map { Verweis($0.name, $0.listenpfad) }
        case "keinTreffer": gesucht != nil && treffer.isEmpty
        case "ohneListen": listen.isEmpty
        case "seiten": blaettern.letzte > 1 ? blaettern : nil
        case "zeilen":
            listen.map { list in
                Werte([
                    ("name", list.name), ("pfad", "/umsetzung/\(list.ars ?? list.organisation.rawValue)"),
                    ("gesamt", Zahl.deutsch(list.gesamt)), ("online", Zahl.deutsch(list.online)),
                    ("onlinePfad", "/umsetzung/\(list.ars ?? list.organisation.rawValue)?stand=online"),
                    ("anteil", Zahl.anteil(list.online, von: list.zaehlend)),
                ])
            }
        default: nil
        }
    }
}

/// One row of a list, with what may be done in it.
struct EintragZeile: Ansicht {
    let eintrag: Umsetzungseintrag
    let pfad: String
    let dienst: Loesung?
    let loesungen: [Loesung]
    let intern: Bool
    let darfAendern: Bool
    let heute: Tag
    /// The list as it is filtered now, to come back to after a take-over.
    let zurueck: String?

    static let gezeigt = 3

    func child(named: String) -> Any? {
        let inhalt = eintrag.inhalt
        return switch named {
        case "titel": inhalt.titel
        case "pfad": pfad
        case "id": eintrag.id.rawValue
        case "schluessel": inhalt.leistungen.isEmpty ? nil : bezug
        case "ozg": inhalt.leistungen.isEmpty ? inhalt.ozgID.map { "OZG \($0)" } : nil
        case "amt": intern ? inhalt.amt : nil
        case "stand": Stand(inhalt.stand)
        case "variante": inhalt.variante?.wort
        case "dienst": dienst.map { Verweis($0.name, $0.pfad) }
        case "dienstText": inhalt.dienstText
        case "frist": intern ? inhalt.frist?.deutsch : nil
        case "ueberfaellig": intern && (inhalt.frist.map { $0 < heute } ?? false) && inhalt.stand.istUnterwegs
        case "angabenFehlen": inhalt.angabenFehlen
        case "vorschlaege":
            loesungen.prefix(EintragZeile.gezeigt).map { loesung in
                Werte([
                    ("name", loesung.name), ("pfad", loesung.pfad), ("id", loesung.id), ("anbieter", loesung.anbieter),
                    ("ziel", darfAendern ? "\(pfad)/uebernahme" : nil), ("zurueck", zurueck),
                ])
            }
        case "weitere":
            loesungen.count > EintragZeile.gezeigt
                ? Zahl.mit(loesungen.count - EintragZeile.gezeigt, "weitere Lösung", "weitere Lösungen") : nil
        default: nil
        }
    }

    private var bezug: String {
        let ids = eintrag.inhalt.leistungen
        let first = ids.first.map { Leistungsschluessel(getippt: $0.rawValue)?.lesbar ?? $0.rawValue } ?? ""
        return ids.count == 1 ? first : "\(first) und \(ids.count - 1) weitere"
    }
}

/// A Stand as badge: word and class.
struct Stand: Ansicht {
    let stand: Umsetzungsstand

    init(_ stand: Umsetzungsstand) { self.stand = stand }

    func child(named: String) -> Any? {
        switch named {
        case "wort": stand.wort
        case "klasse": stand.rawValue
        default: nil
        }
    }
}

struct UmsetzungListe: Page {
    static let template = "umsetzung/liste"
    let organisation: Organisation
    let eintraege: [Umsetzungseintrag]
    let staende: [(stand: Umsetzungsstand, anzahl: Int)]
    let loesungen: [Umsetzungseintrag.ID: [Loesung]]
    let dienste: [String: Loesung]
    let intern: Bool
    let darfAendern: Bool
    /// The Verlauf of the Organisation, for those who may read it.
    let verlauf: String?
    /// The load that just happened, for the message.
    let geladen: Datenstand?
    let rahmen: Listenrahmen

    init(
        organisation: Organisation, abfrage: Abfrage, filter: EintragFilter, seite: Seite, gesamt: Int,
        eintraege: [Umsetzungseintrag], staende: [(stand: Umsetzungsstand, anzahl: Int)], aemter: [String],
        loesungen: [Umsetzungseintrag.ID: [Loesung]], dienste: [String: Loesung], intern: Bool, darfAendern: Bool,
        verlauf: String?, geladen: Datenstand?
    ) throws {
        self.organisation = organisation
        self.eintraege = eintraege
        self.staende = staende
        self.loesungen = loesungen
        self.dienste = dienste
        self.intern = intern
        self.verlauf = verlauf
        self.darfAendern = darfAendern
        self.geladen = geladen
        rahmen = try Listenrahmen(
            filter.bild(abfrage, organisation, staende: staende, aemter: aemter, intern: intern), abfrage, seite: seite,
            gesamt: gesamt, ("Eintrag", "Einträge"), dateipfad: intern ? organisation.listenpfad + "/liste" : nil)
    }

    var titel: String { "Umsetzungsliste \(organisation.name)" }
    var brotkrumen: [Krume] {
        var crumbs = [Krume("Start", "/"), Krume("Umsetzung", "/umsetzung")]
        if let ars = organisation.ars { crumbs.append(Krume(organisation.name, "/gebiete/\(ars)")) }
        return crumbs + [Krume("Umsetzungsliste")]
    }
    var bereich: String { "/umsetzung" }

    func child(named: String) -> Any? {
        switch named {
        case "organisation": organisation.name
        case "verwaltungspfad": organisation.pfad
        case "neueListe": eintraege.isEmpty && staende.isEmpty
        case "zeilen": zeilen
        case "zahlen": Standzahlen(organisation: organisation, staende: staende)
        case "intern": intern
        case "darfAendern": darfAendern
        case "verlauf": verlauf
        case "hinweis": meldung
        default: rahmen.child(named: named)
        }
    }

    private var zeilen: [EintragZeile] {
        let heute = Tag.heute(Instant.jetzt())
        let hier = rahmen.hier
        return eintraege.map { eintrag in
            EintragZeile(
                eintrag: eintrag, pfad: organisation.pfad(zu: eintrag),
                dienst: eintrag.inhalt.dienst.flatMap { dienste[$0] },
                loesungen: loesungen[eintrag.id] ?? [], intern: intern, darfAendern: darfAendern, heute: heute,
                zurueck: hier.werte.isEmpty ? nil : hier.text)
        }
    }

    private var meldung: String? {
        geladen.map { "Die Liste ist geladen: \($0.neu) neue, \($0.geaendert) geänderte Einträge." }
    }
}

/// Rows of a list by Stand, each number linked to exactly its rows.
struct Standzahlen: Ansicht {
    let organisation: Organisation
    let staende: [(stand: Umsetzungsstand, anzahl: Int)]

    private var zaehlend: Int { staende.filter { !$0.stand.zaehltNicht }.reduce(0) { $0 + $1.anzahl } }
    private var online: Int { staende.first { $0.stand == .online }?.anzahl ?? 0 }

    func child(named: String) -> Any? {
        switch named {
        case "leer": staende.isEmpty
        case "gesamt": Zahl.mit(staende.reduce(0) { $0 + $1.anzahl }, "Eintrag", "Einträgen")
        case "listenpfad": organisation.listenpfad
        case "organisation": organisation.name
        case "anteil": Zahl.anteil(online, von: zaehlend)
        case "onlineText": "\(Zahl.deutsch(online)) von \(Zahl.mit(zaehlend, "Eintrag", "Einträgen"))"
        case "zahlen":
            staende.map { entry in
                Werte([
                    ("zahl", Zahl.deutsch(entry.anzahl)), ("name", entry.stand.wort), ("klasse", entry.stand.rawValue),
                    ("pfad", "\(organisation.listenpfad)?stand=\(entry.stand.rawValue)"),
                ])
            }
        case "breite": max(1, zaehlend)
        case "balken": balken
        default: nil
        }
    }

    /// Three pieces of the bar: online, under way, waiting.
    private var balken: [Werte] {
        let groups: [(klasse: String, staende: Set<Umsetzungsstand>)] = [
            ("online", [.online]), ("laufend", [.geplant, .inUmsetzung, .pilot, .inPruefung]),
            ("wartend", [.wartet, .zurueckgestellt]),
        ]
        var x = 0
        return groups.compactMap { group in
            let width = staende.filter { group.staende.contains($0.stand) }.reduce(0) { $0 + $1.anzahl }
            guard width > 0 else { return nil }
            defer { x += width }
            return Werte([("klasse", group.klasse), ("x", x), ("breite", width)])
        }
    }
}

/// Shows on a place's page how far its authority is.
package struct StandImGebiet: GebietErgaenzung {
    package init() {}

    package func abschnitt(
        zu gebiet: Gebiet, verwaltung: Organisation?, person: Person?, in db: any SQLConnection
    ) throws -> Abschnitt? {
        guard let verwaltung else { return nil }
        return Abschnitt(
            "umsetzung/stand-abschnitt",
            Standzahlen(
                organisation: verwaltung, staende: try EintragStore.staende(organisation: verwaltung.id, in: db)))
    }
}
