import Kernel
import Storage

/// What has to change so that every old key of a list of changes leads to its successor.
struct Aenderungsplan: Sendable {
    typealias Ort = Aenderungsbestand.Ort
    typealias Kante = Aenderungsbestand.Kante

    struct NeueKante: Sendable {
        let von: String
        let nach: String
        let kante: Kante
    }

    /// Closed places that the directory does not know.
    private(set) var neueOrte: [(id: String, aenderung: Gebietsaenderung)] = []
    private(set) var neueKanten: [NeueKante] = []
    private(set) var geaenderteKanten: [NeueKante] = []
    /// Successions that the directory suggested and the list tells otherwise.
    private(set) var verworfen: [(von: String, nach: String)] = []
    private(set) var umbenannt: [(id: String, name: String)] = []
    private(set) var fruehereNamen: [(id: String, name: String, bis: Tag?)] = []
    /// Last days by id of closed places.
    private(set) var enden: [String: Tag] = [:]

    private let bestand: Aenderungsbestand
    private let heute: Tag
    private let jetzt: Instant
    private var neueIDs: [String: String] = [:]
    private var kanten: [String: Set<String>] = [:]
    private var neueOrtIDs: Set<String> = []
    private var umbenannteIDs: Set<String> = []
    private var neueNamen: Set<String> = []
    private var ausgelassen: [String: Int] = [:]
    private var vorgemerkt: [Aenderungszeile] = []
    private var andersBenannt: [(Aenderungszeile, String)] = []

    init(
        _ datei: Aenderungsdatei, _ bestand: Aenderungsbestand, jetzt: Instant, _ bericht: inout Importbericht
    ) {
        (self.bestand, self.jetzt, heute) = (bestand, jetzt, Tag.heute(jetzt))
        kanten = bestand.kanten.mapValues { Set($0.keys) }
        var rows: [Aenderungszeile] = []
        for row in datei.zeilen {
            if row.aenderung.istTeilausgliederung {
                ausgelassen[Self.teile, default: 0] += 1
            } else if row.aenderung.ags == row.aenderung.nachfolger {
                keepName(row, &bericht)
            } else if let grund = zuFrueh(row.aenderung) {
                bericht.refuse(row.fehler("wirksam_am", grund))
            } else {
                rows.append(row)
            }
        }
        for row in geerdet(rows, &bericht) { add(row, &bericht) }
        close(rows)
        describe(in: &bericht)
    }

    private static let teile = "Teilausgliederungen (das Gebiet besteht weiter)"
    private static let gleiche = "Zeilen mit gleichem alten und neuen Schlüssel"
    private static let gueltige = "Zeilen zu Gebieten, die laut Gemeindeverzeichnis noch bestehen"

    private func zuFrueh(_ aenderung: Gebietsaenderung) -> String? {
        guard let tag = aenderung.wirksamAm, tag > heute, bestand.orte[aenderung.ags] == nil else { return nil }
        return
            "Den Schlüssel \(aenderung.ags) kennt das Gemeindeverzeichnis nicht, die Änderung soll aber erst am \(tag.deutsch) wirksam werden."
    }

    /// A row with one key twice can only tell a name that the place bore before.
    private mutating func keepName(_ row: Aenderungszeile, _ bericht: inout Importbericht) {
        guard let ort = bestand.orte[row.aenderung.ags] else {
            bericht.refuse(row.fehler("ags_neu", unbekannt(row.aenderung.nachfolger)))
            return
        }
        let isOver = row.aenderung.wirksamAm.map { $0 <= heute } ?? true
        guard isOver, Faltung.suche(row.aenderung.name) != ort.suchname else {
            ausgelassen[Self.gleiche, default: 0] += 1
            return
        }
        if add(name: row.aenderung, to: ort) { bericht.geaendert += 1 } else { bericht.unveraendert += 1 }
    }

    private func unbekannt(_ key: String) -> String {
        "Den Nachfolger \(key) kennt das Gemeindeverzeichnis nicht. Laden Sie zuerst eines, in dem er steht."
    }

    /// Rows whose way ends in the directory, wherever they stand in the file; the others are refused.
    private func geerdet(_ rows: [Aenderungszeile], _ bericht: inout Importbericht) -> [Aenderungszeile] {
        var accepted: Set<Int> = []
        var newlyKnown: Set<String> = []
        var byNext: [String: [Int]] = [:]
        for (index, row) in rows.enumerated() { byNext[row.aenderung.nachfolger, default: []].append(index) }
        var todo = byNext.keys.filter { bestand.orte[$0] != nil }
        while let key = todo.popLast() {
            for index in byNext[key] ?? [] where accepted.insert(index).inserted {
                let old = rows[index].aenderung.ags
                if bestand.orte[old] == nil, newlyKnown.insert(old).inserted { todo.append(old) }
            }
        }
        let old = Set(rows.map(\.aenderung.ags))
        for (index, row) in rows.enumerated() where !accepted.contains(index) {
            let next = row.aenderung.nachfolger
            bericht.refuse(
                row.fehler(
                    "ags_neu",
                    old.contains(next)
                        ? "Der Nachfolger \(next) ist selbst aufgelöst, und auch von ihm führt kein Weg zu einem Gebiet des Gemeindeverzeichnisses."
                        : unbekannt(next)))
        }
        return rows.enumerated().filter { accepted.contains($0.offset) }.map(\.element)
    }

    private mutating func add(_ row: Aenderungszeile, _ bericht: inout Importbericht) {
        let aenderung = row.aenderung
        let ort = bestand.orte[aenderung.ags]
        if let ort, ort.istGueltig {
            // The directory decides what exists: the row tells of a part, of another holder of the key, or of what comes.
            let isPast = aenderung.wirksamAm.map { tag in bestand.gebietsstand.map { tag <= $0 } ?? true } ?? false
            guard !isPast, ort.suchname == Faltung.suche(aenderung.name) else {
                ausgelassen[Self.gueltige, default: 0] += 1
                return
            }
        }
        let (von, nach) = (id(aenderung.ags), id(aenderung.nachfolger))
        guard !fuehrt(nach, zu: von) else {
            // Whichever row of a circle were left out, the others would tell a story that nobody told.
            bericht.sperre(
                row.fehler(
                    "ags_neu",
                    "Der Weg von \(aenderung.ags) über \(aenderung.nachfolger) führt zu \(aenderung.ags) zurück."))
            return
        }
        if ort?.istGueltig == true { vorgemerkt.append(row) }
        compare(aenderung, ort, von: von, nach: nach, &bericht)
        if ort == nil, neueOrtIDs.insert(von).inserted { neueOrte.append((von, aenderung)) }
        if let told = aenderung.nachfolgerName, let known = bestand.orte[aenderung.nachfolger],
            Faltung.suche(Gebietsname(amtlich: told).name) != known.suchname
        {
            andersBenannt.append((row, known.amtlicherName))
        }
    }

    private mutating func compare(
        _ aenderung: Gebietsaenderung, _ ort: Ort?, von: String, nach: String, _ bericht: inout Importbericht
    ) {
        kanten[von, default: []].insert(nach)
        let old = bestand.kanten[von]?[nach]
        let kante = Kante(
            wirksamAm: aenderung.wirksamAm ?? old?.wirksamAm, art: aenderung.art ?? old?.art, amtlich: true)
        let isRenamed = ort.map { rename($0, aenderung) } ?? false
        if old == nil {
            neueKanten.append(NeueKante(von: von, nach: nach, kante: kante))
            bericht.neu += 1
        } else if old != kante {
            geaenderteKanten.append(NeueKante(von: von, nach: nach, kante: kante))
            bericht.geaendert += 1
        } else if isRenamed {
            bericht.geaendert += 1
        } else {
            bericht.unveraendert += 1
        }
    }

    /// Takes over the name of the list where nothing else tells one, else keeps it beside the official one.
    private mutating func rename(_ ort: Ort, _ aenderung: Gebietsaenderung) -> Bool {
        if ort.istNurAlsSchluesselBekannt {
            guard ort.amtlicherName != aenderung.amtlicherName, umbenannteIDs.insert(ort.id).inserted else {
                return false
            }
            umbenannt.append((ort.id, aenderung.amtlicherName))
            return true
        }
        return add(name: aenderung, to: ort)
    }

    private mutating func add(name aenderung: Gebietsaenderung, to ort: Ort) -> Bool {
        let folded = Faltung.suche(aenderung.name)
        guard folded != ort.suchname, bestand.frueher[ort.id]?.contains(folded) != true,
            neueNamen.insert(ort.id + folded).inserted
        else { return false }
        fruehereNamen.append((ort.id, aenderung.name, aenderung.wirksamAm?.plus(tage: -1)))
        return true
    }

    /// The id of a place of the directory, or of one that this list makes known.
    private mutating func id(_ ags: String) -> String {
        if let known = bestand.orte[ags]?.id ?? neueIDs[ags] { return known }
        let id = Kennung.neu(jetzt)
        neueIDs[ags] = id
        return id
    }

    private func fuehrt(_ start: String, zu ziel: String) -> Bool {
        var (todo, seen): ([String], Set<String>) = ([start], [start])
        while let id = todo.popLast() {
            if id == ziel { return true }
            for next in kanten[id] ?? [] where seen.insert(next).inserted { todo.append(next) }
        }
        return false
    }

    /// Last days of closed places, and what the list overrules.
    private mutating func close(_ rows: [Aenderungszeile]) {
        let touched = Set((neueKanten + geaenderteKanten).map(\.von))
        for row in rows {
            guard let id = bestand.orte[row.aenderung.ags]?.id ?? neueIDs[row.aenderung.ags], touched.contains(id),
                bestand.orte[row.aenderung.ags]?.istGueltig != true
            else { continue }
            if let tag = row.aenderung.wirksamAm?.plus(tage: -1) { enden[id] = max(enden[id] ?? tag, tag) }
        }
        let confirmed = Set(geaenderteKanten.map { $0.von + $0.nach })
        for id in touched.sorted() {
            for (nach, kante) in bestand.kanten[id] ?? [:] where !kante.amtlich && !confirmed.contains(id + nach) {
                verworfen.append((id, nach))
            }
        }
    }

    private func describe(in bericht: inout Importbericht) {
        for what in [Self.teile, Self.gleiche, Self.gueltige] {
            if let count = ausgelassen[what] { bericht.ausgelassen.append((what, count)) }
        }
        if !neueOrte.isEmpty {
            bericht.hinweise.append(
                "\(Zahl.mit(neueOrte.count, "Gebiet", "Gebiete")) kannte das Verzeichnis nicht; aufgenommen als aufgelöst, mit Gemeindeschlüssel und Namen."
            )
        }
        if let first = vorgemerkt.first {
            bericht.hinweise.append(
                "\(Zahl.mit(vorgemerkt.count, "Nachfolge gilt", "Nachfolgen gelten")) erst, wenn ein neueres Gemeindeverzeichnis das Gebiet nicht mehr enthält, z. B. \(first.aenderung.name) (\(first.aenderung.ags))."
            )
        }
        if let (row, name) = andersBenannt.first {
            bericht.hinweise.append(
                "\(Zahl.mit(andersBenannt.count, "Nachfolger heißt", "Nachfolger heißen")) im Verzeichnis anders, z. B. \(row.aenderung.nachfolger): „\((row.aenderung.nachfolgerName ?? "").prefix(60))“, im Verzeichnis „\(name)“."
            )
        }
    }
}
