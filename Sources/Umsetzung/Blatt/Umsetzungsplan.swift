import Formats
import Katalog
import Kernel
import Storage
import Verzeichnis

/// What has to change so that a list is as its sheet says.
struct Umsetzungsplan {
    private struct Geprueft {
        let zeile: Umsetzungsblatt.Zeile
        /// Found by its Zeilenmarke.
        let eintrag: Umsetzungseintrag?
    }

    private let organisation: Organisation.ID
    private let urheber: Urheber
    private let bestand: [Umsetzungseintrag]
    private let nachID: [String: Umsetzungseintrag]
    private var geprueft: [Geprueft] = []
    private var marken: Set<String> = []
    private var vorlaeufige: [Leistungsschluessel: String] = [:]
    private var neu: [Umsetzungseintrag.Inhalt] = []
    private var geaendert: [(alt: Umsetzungseintrag, neu: Umsetzungseintrag.Inhalt)] = []

    init(_ organisation: Organisation.ID, _ urheber: Urheber, in db: any SQLConnection) throws {
        self.organisation = organisation
        self.urheber = urheber
        bestand = try EintragStore.all(organisation: organisation, in: db)
        nachID = Dictionary(bestand.map { ($0.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Looks up what the row names.
    ///
    /// - Throws: `FormatError` for a mark, an OZG-ID or an id that is unknown, and for a row without a title.
    mutating func add(_ zeile: Umsetzungsblatt.Zeile, _ header: CSVHeader, in db: any SQLConnection) throws {
        var zeile = zeile
        var eintrag: Umsetzungseintrag?
        if !zeile.marke.isEmpty {
            guard let found = nachID[zeile.marke] else {
                throw header.error(
                    "Die Zeilenmarke „\(zeile.marke.prefix(40))“ gehört nicht zu dieser Liste. Leeren Sie die Zelle, um einen neuen Eintrag anzulegen.",
                    in: zeile.row, field: "Zeilenmarke")
            }
            guard marken.insert(zeile.marke).inserted else {
                throw header.error(
                    "Die Zeilenmarke „\(zeile.marke)“ steht schon in einer Zeile weiter oben.", in: zeile.row,
                    field: "Zeilenmarke")
            }
            eintrag = found
        }
        let ozg = try zeile.inhalt.ozgID.map { id in
            guard let found = try OZGStore.find(id, in: db) else {
                throw header.error("Die OZG-ID „\(id)“ steht nicht im Katalog.", in: zeile.row, field: "OZG-ID")
            }
            return found
        }
        let ids = zeile.leistungen.map(\.id)
        let known = try LeistungStore.find(Array(Set(ids)), in: db)
        let knownIDs = Set(known.map(\.id))
        if let missing = zeile.leistungen.first(where: { part in
            if case .kennung(let id) = part { !knownIDs.contains(id) } else { false }
        }) {
            throw header.error(
                "Die Leistung „\(missing.id.rawValue)“ steht nicht im Katalog.", in: zeile.row,
                field: "Leistungsschlüssel")
        }
        if zeile.inhalt.titel.isEmpty {
            zeile.inhalt.titel = ids.count == 1 ? known.first?.name ?? "" : ozg?.name ?? ""
        }
        guard !zeile.inhalt.titel.isEmpty else {
            throw header.error(
                "Der Titel fehlt. Nennen Sie, worum es in dieser Zeile geht.", in: zeile.row, field: "Titel")
        }
        zeile.inhalt.leistungen = Set(ids).sorted { $0.rawValue < $1.rawValue }
        if !zeile.dienst.isEmpty {
            if let dienst = try EintragStore.dienst(genannt: zeile.dienst, in: db) {
                zeile.inhalt.dienst = dienst.id
            } else {
                zeile.inhalt.dienstText = zeile.dienst
            }
        }
        for case .schluessel(let key) in zeile.leistungen where !knownIDs.contains(Leistung.ID(key)) {
            if vorlaeufige[key] == nil { vorlaeufige[key] = zeile.inhalt.titel }
        }
        geprueft.append(Geprueft(zeile: zeile, eintrag: eintrag))
    }

    /// Pairs rows with entries and counts what each pair means.
    mutating func match(_ bericht: inout Importbericht) {
        var frei: [String: [Umsetzungseintrag]] = [:]
        // Every row has the same columns: those of the header.
        let spalten = geprueft.first?.zeile.vorhanden ?? []
        for eintrag in bestand where !marken.contains(eintrag.id.rawValue) {
            frei[Umsetzungsplan.wesen(eintrag.inhalt, spalten), default: []].append(eintrag)
        }
        for row in geprueft {
            var old = row.eintrag
            if old == nil {
                let key = Umsetzungsplan.wesen(row.zeile.inhalt, spalten)
                if let first = frei[key]?.first {
                    old = first
                    frei[key]?.removeFirst()
                }
            }
            guard let old else {
                neu.append(row.zeile.applied(to: Umsetzungseintrag.Inhalt()))
                bericht.neu += 1
                continue
            }
            let inhalt = row.zeile.applied(to: old.inhalt)
            if old.inhalt.changes(to: inhalt).isEmpty {
                bericht.unveraendert += 1
            } else {
                geaendert.append((old, inhalt))
                bericht.geaendert += 1
            }
        }
        describe(&bericht)
    }

    private func describe(_ bericht: inout Importbericht) {
        let all = neu + geaendert.map(\.neu)
        for key in vorlaeufige.keys.sorted() {
            bericht.hinweise.append(
                "Der Schlüssel \(key.rawValue) steht in keinem Katalogstand und wird vorläufig aufgenommen.")
        }
        let fehlen = all.filter(\.angabenFehlen).count
        if fehlen > 0 { bericht.hinweise.append("\(fehlen) Einträge sind online, aber Adresse oder Reifegrad fehlt.") }
        for name in Set(all.compactMap(\.dienstText)).sorted().prefix(20) {
            bericht.hinweise.append(
                "Den Onlinedienst „\(name)“ kennt das Verzeichnis nicht; der Name bleibt als Text stehen.")
        }
    }

    func write(in db: any SQLConnection) throws {
        for (key, name) in vorlaeufige.sorted(by: { $0.key < $1.key }) {
            try LeistungStore.enterProvisional(key, name: name, durch: urheber, in: db)
        }
        var nummer = try EintragAenderung.naechsteNummer(organisation, in: db)
        for inhalt in neu {
            _ = try EintragAenderung.insert(inhalt, organisation: organisation, nummer: nummer, durch: urheber, in: db)
            nummer += 1
        }
        for change in geaendert { try EintragAenderung.change(change.alt, to: change.neu, durch: urheber, in: db) }
    }

    /// What makes a row without a mark the same row; a column that the sheet lacks tells nothing apart.
    private static func wesen(_ inhalt: Umsetzungseintrag.Inhalt, _ spalten: Set<String>) -> String {
        var parts = [Faltung.suche(inhalt.titel)]
        if spalten.contains("Leistungsschlüssel") {
            parts.append(inhalt.leistungen.map(\.rawValue).sorted().joined(separator: " "))
        }
        if spalten.contains("OZG-ID") { parts.append(inhalt.ozgID ?? "") }
        return parts.joined(separator: "\n")
    }
}
