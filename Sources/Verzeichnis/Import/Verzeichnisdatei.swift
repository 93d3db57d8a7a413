package import Formats
package import Kernel
import Web

/// One record of the official directory, cut to what the product keeps.
struct Verzeichnissatz: Sendable, Equatable {
    let ars: String
    let ags: String?
    let amtlicherName: String
    var art: Gebiet.Art
    let kennzeichen: String?
    var sitz: String?
    let plz: String?
    var flaecheHa: Int
    var einwohner: Int
    var gehoertZu: String?

    var land: String { String(ars.prefix(2)) }
}

/// The official directory of municipalities, layout GV100AD (Destatis, "Datensatzbeschreibung Gemeindeverzeichnis",
/// valid from 14.06.2000): fixed positions counted in characters, one record a line.
package struct Verzeichnisdatei: Sendable {
    /// The day for which the file holds.
    private(set) var gebietsstand: Tag?
    /// Places by ARS, in the order of the file.
    private(set) var saetze: [String: Verzeichnissatz] = [:]
    private(set) var reihenfolge: [String] = []
    private(set) var regionen = 0
    /// Verband records that only repeat a verbandsfreie Gemeinde.
    var wiederholungen: Int { wiederholt.count }
    private var wiederholt: Set<String> = []
    private var kreisfrei: [String: (kennzeichen: String, sitz: String?)] = [:]
    private(set) var zeilen = 0

    /// Reads the whole file; each faulty record is noted in the report and left out.
    package static func read(_ source: TextSource, bericht: inout Importbericht) -> Verzeichnisdatei {
        var datei = Verzeichnisdatei()

        while true {
            do {
                guard let line = try source.nextLine() else { break }
                if line.text.isEmpty { continue }
                datei.zeilen += 1
                try datei.add(Satzzeile(line))
            } catch {
                bericht.refuse(error)
                if error.fatal { break }
                if datei.reihenfolge.isEmpty, bericht.fehlerzahl >= 20 {
                    bericht.refuse(.init(zeile: 0, grund: "Das ist kein Gemeindeverzeichnis im Format GV100AD."))
                    break
                }
            }
        }
        datei.finish(&bericht)
        return datei
    }

    private mutating func add(_ line: Satzzeile) throws(FormatError) {
        let satzart = line.text(1, 2)
        guard ["10", "20", "30", "40", "50", "60"].contains(satzart) else {
            throw line.error(
                1, "Satzart", "„\(satzart)“ ist keine Satzart des Gemeindeverzeichnisses (10, 20, 30, 40, 50, 60).")
        }
        let stand = try line.tag(3, "Gebietsstand")
        if let gebietsstand, gebietsstand != stand {
            throw line.error(
                3, "Gebietsstand",
                "Die Datei beginnt mit dem Gebietsstand \(gebietsstand.deutsch), hier steht \(stand.deutsch).")
        }
        gebietsstand = stand
        switch satzart {
        case "10": try insert(line.satz(.land, ars: line.digits(11, 2, "Land")), line)
        case "20":
            let key = try line.digits(11, 2, "Land") + line.digits(13, 1, "Regierungsbezirk")
            try insert(line.satz(.regierungsbezirk, ars: key), line)
        case "30": regionen += 1
        case "40": try addKreis(line)
        case "50":
            guard line.text(123, 2) != "50" else {
                let key = try line.digits(11, 5, "Kreis") + line.digits(19, 4, "Gemeindeverband")
                guard wiederholt.insert(key).inserted else { throw line.duplicate(key) }
                return
            }
            try line.kennzeichen(51...58, "eines Gemeindeverbands")
            let key = try line.digits(11, 5, "Kreis") + line.digits(19, 4, "Gemeindeverband")
            try insert(line.satz(.verband, ars: key), line)
        default: try addGemeinde(line)
        }
    }

    private mutating func addKreis(_ line: Satzzeile) throws(FormatError) {
        let key = try line.digits(11, 5, "Kreis")
        let kennzeichen = try line.kennzeichen(41...45, "eines Kreises")
        if kennzeichen == "41" || kennzeichen == "42" {
            guard kreisfrei[key] == nil else { throw line.duplicate(key) }
            kreisfrei[key] = (kennzeichen, line.optional(73, 50))
            return
        }
        try insert(line.satz(.kreis, ars: key), line)
    }

    private mutating func addGemeinde(_ line: Satzzeile) throws(FormatError) {
        let kreis = try line.digits(11, 5, "Kreis")
        let gemeinde = try line.digits(16, 3, "Gemeinde")
        let verband = try kreis + line.digits(19, 4, "Gemeindeverband")
        let kennzeichen = line.text(123, 2)
        let art: Gebiet.Art
        switch kennzeichen {
        case "60", "63", "64", "67": art = .gemeinde
        case "61", "62": art = .kreisfreieStadt
        case "65", "66": art = .gemeindefrei
        default: throw line.error(123, "Textkennzeichen", "„\(kennzeichen)“ ist keine Art einer Gemeinde (60 bis 67).")
        }
        var satz = try line.satz(art, ars: verband + gemeinde, ags: kreis + gemeinde)
        satz.flaecheHa = try line.number(129, 11, "Fläche")
        satz.einwohner = try line.number(140, 11, "Bevölkerung")
        try line.mindestens(170)
        try insert(satz, line)
    }

    private mutating func insert(_ satz: Verzeichnissatz, _ line: Satzzeile) throws(FormatError) {
        guard saetze[satz.ars] == nil else { throw line.duplicate(satz.ars) }
        saetze[satz.ars] = satz
        reihenfolge.append(satz.ars)
    }

    /// Adds places that are valid and that the file lacks because their records were refused, as they are.
    mutating func ergaenze(um gebiete: [Gebiet]) {
        let ags = Set(saetze.values.compactMap(\.ags))
        for gebiet in gebiete {
            guard let ars = gebiet.ars, gebiet.istGueltig, saetze[ars] == nil else { continue }
            // The file has it under another Regionalschlüssel.
            if let own = gebiet.ags, ags.contains(own) { continue }
            saetze[ars] = Verzeichnissatz(
                ars: ars, ags: gebiet.ags, amtlicherName: gebiet.amtlicherName, art: gebiet.art,
                kennzeichen: gebiet.kennzeichen, sitz: gebiet.sitz, plz: gebiet.plz, flaecheHa: gebiet.flaecheHa ?? 0,
                einwohner: gebiet.einwohner ?? 0, gehoertZu: nil)
            reihenfolge.append(ars)
        }
        verbinde()
    }

    /// Finds the place above each one, and sums area and people of the Gemeinden upwards.
    private mutating func verbinde() {
        for ars in reihenfolge {
            let oben = ars.parentKeys.first { saetze[$0] != nil }
            saetze[ars]?.gehoertZu = oben
            guard ars.utf8.count == 12 else {
                saetze[ars]?.flaecheHa = 0
                saetze[ars]?.einwohner = 0
                continue
            }
            if let sitz = kreisfrei[String(ars.prefix(5))]?.sitz, saetze[ars]?.art == .kreisfreieStadt {
                saetze[ars]?.sitz = sitz
            }
        }
        for ars in reihenfolge where ars.utf8.count == 12 {
            guard let satz = saetze[ars] else { continue }
            for key in ars.parentKeys where saetze[key] != nil {
                saetze[key]?.flaecheHa += satz.flaecheHa
                saetze[key]?.einwohner += satz.einwohner
            }
        }
    }

    /// Notices a file that stops too early or lacks records in between.
    private mutating func finish(_ bericht: inout Importbericht) {
        verbinde()
        if reihenfolge.isEmpty, bericht.fehlerzahl == 0 {
            bericht.refuse(.init(zeile: 0, grund: "Die Datei enthält keinen einzigen Satz."))
        }
        guard bericht.fehlerzahl == 0 else { return }
        for grund in luecken() { bericht.refuse(.init(zeile: 0, grund: grund)) }
    }

    /// Records that must be there because others speak of them.
    private func luecken() -> [String] {
        var found: [String] = []
        var hasMembers: Set<String> = []
        for ars in reihenfolge {
            guard let satz = saetze[ars] else { continue }
            if ars.utf8.count == 12 { hasMembers.formUnion(ars.parentKeys) }
            if saetze[satz.land] == nil {
                found.append("Zu \(satz.amtlicherName) (\(ars)) fehlt das Land \(satz.land).")
            }
            guard ars.utf8.count == 12 else { continue }
            let (verband, kreis) = (String(ars.prefix(9)), String(ars.prefix(5)))
            if saetze[verband] == nil, !wiederholt.contains(verband) {
                found.append("Zu \(satz.amtlicherName) (\(ars)) fehlt der Satz des Gemeindeverbands \(verband).")
            }
            // Waters and shared territories of a Land belong to no Kreis.
            if saetze[kreis] == nil, kreisfrei[kreis] == nil, satz.art != .gemeindefrei {
                found.append("Zu \(satz.amtlicherName) (\(ars)) fehlt der Satz des Kreises \(kreis).")
            }
        }
        let abgeschnitten = "Die Datei ist vermutlich abgeschnitten."
        for ars in reihenfolge where ars.utf8.count < 12 && !hasMembers.contains(ars) {
            found.append("\(saetze[ars]?.amtlicherName ?? "") (\(ars)) hat keine Gemeinde. \(abgeschnitten)")
        }
        for key in kreisfrei.keys.sorted() where saetze[key + "0000000"] == nil {
            found.append("Zur kreisfreien Stadt \(key) fehlt der Gemeindesatz. \(abgeschnitten)")
        }
        for key in wiederholt.sorted() where !hasMembers.contains(key) {
            found.append("Zum Verbandssatz \(key) fehlt die Gemeinde. \(abgeschnitten)")
        }
        return found
    }
}

extension String {
    /// Shorter keys of the hierarchy above a Regionalschlüssel, nearest first.
    fileprivate var parentKeys: [String] {
        [9, 5, 3, 2].filter { $0 < utf8.count }.map { String(prefix($0)) }
    }
}
