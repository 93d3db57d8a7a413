import Kernel
import Storage

/// A simplified topology with what the database keeps of each of its places.
struct Grenzsatz: Sendable {
    struct Gebietsgrenze: Sendable {
        let schluessel: String
        let rahmen: Rahmen
        let flaechen: Blob
        /// Differs when the boundary does, however the file cuts or numbers its lines.
        let pruefsumme: Int
    }

    let topologie: Topologie
    let grenzen: [Gebietsgrenze]
    let linien: [Blob]

    init(_ roh: Topologie) {
        let (topologie, stufen) = Vereinfachung.von(roh)
        self.topologie = topologie
        linien = zip(topologie.linien, stufen).map { Grenzcode.linie($0.punkte, $1) }
        grenzen = topologie.formen.map { form in
            var frame = Rahmen()
            let rings = form.flaechen.joined().map { topologie.punkte($0) { _, _ in true } }
            for ring in rings { for point in ring { frame.umfasse(point) } }
            return Gebietsgrenze(
                schluessel: form.schluessel, rahmen: frame, flaechen: Grenzcode.flaechen(form.flaechen),
                pruefsumme: Grenzsatz.pruefsumme(rings))
        }
    }

    /// Raised when lines are simplified in another way, so that loading the same file again brings it in.
    private static let verfahren: UInt64 = 1

    /// FNV-1a over the rings, each from its smallest point on and in one sense of rotation.
    private static func pruefsumme(_ rings: [[Gitterpunkt]]) -> Int {
        let hashes = rings.map { ring -> UInt64 in
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            func add(_ number: Int) { hash = (hash ^ UInt64(bitPattern: Int64(number))) &* 0x100_0000_01b3 }
            let turned = Topologie.flaeche(ring) < 0 ? ring.reversed() : ring
            let start = turned.indices.min { (turned[$0].x, turned[$0].y) < (turned[$1].x, turned[$1].y) } ?? 0
            for index in turned.indices {
                let point = turned[(start + index) % turned.count]
                add(point.x)
                add(point.y)
            }
            return hash
        }
        let all = hashes.sorted().reduce(verfahren) { ($0 ^ $1) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: all)
    }
}

/// What loading sets of boundaries would change.
struct Grenzplan {
    private struct Teil {
        let satz: Grenzsatz
        let neu: Int
        let geaendert: Int
        let unveraendert: Int
        let entfallen: Int
        let bestand: Int

        var aendertEtwas: Bool { neu + geaendert + entfallen > 0 }
    }

    private let vermerk: String
    private let teile: [Teil]

    init(_ saetze: [Grenzsatz], vermerk: String, in db: any SQLConnection) throws {
        self.vermerk = vermerk
        teile = try saetze.map { satz in
            let ebene = satz.topologie.ebene
            var known: [String: Int] = [:]
            try db.forEach("SELECT schluessel, pruefsumme FROM grenze WHERE ebene = \(ebene)") { row in
                known[try row["schluessel"]] = try row["pruefsumme"]
            }
            let previous: String? = try db.value("SELECT vermerk FROM grenzstand WHERE ebene = \(ebene)")
            // The attribution is shown with each boundary, so another one changes them all.
            let isSame = satz.grenzen.filter { known[$0.schluessel] == $0.pruefsumme && previous == vermerk }.count
            let isKnown = satz.grenzen.filter { known[$0.schluessel] != nil }.count
            return Teil(
                satz: satz, neu: satz.grenzen.count - isKnown, geaendert: isKnown - isSame, unveraendert: isSame,
                entfallen: known.count - isKnown, bestand: known.count)
        }
    }

    var verluste: [(entfallen: Int, bestand: Int)] { teile.map { ($0.entfallen, $0.bestand) } }

    func describe(in bericht: inout Importbericht, _ db: any SQLConnection) throws {
        for teil in teile {
            bericht.neu += teil.neu
            bericht.geaendert += teil.geaendert
            bericht.unveraendert += teil.unveraendert
            bericht.entfallen += teil.entfallen
            let topologie = teil.satz.topologie
            let word = topologie.ebene.wort
            bericht.hinweise.append("\(word): \(Zahl.mit(teil.satz.grenzen.count, "Grenze", "Grenzen")).")
            if topologie.leere > 0 { bericht.ausgelassen.append(("\(word) ohne Linien in der Datei", topologie.leere)) }
            if topologie.ringeOhneFlaeche > 0 {
                bericht.ausgelassen.append(("Ringe ohne Fläche (\(word))", topologie.ringeOhneFlaeche))
            }
            try vergleiche(teil.satz, in: &bericht, db)
        }
    }

    /// Boundaries and the directory come from different hands: what one has and the other has not is worth a sentence.
    private func vergleiche(_ satz: Grenzsatz, in bericht: inout Importbericht, _ db: any SQLConnection) throws {
        let ebene = satz.topologie.ebene
        let places = try GrenzStore.schluesselImVerzeichnis(ebene, in: db)
        let keys = Set(satz.grenzen.map(\.schluessel))
        func melde(_ unexpected: Set<String>, _ one: String, _ many: String) {
            guard !unexpected.isEmpty else { return }
            let names = unexpected.sorted().prefix(5).joined(separator: ", ")
            let more = unexpected.count > 5 ? ", …" : ""
            bericht.hinweise.append("\(Zahl.mit(unexpected.count, one, many)): \(names)\(more).")
        }
        melde(
            keys.subtracting(places), "Schlüssel der \(ebene.wort) steht nicht im Gemeindeverzeichnis",
            "Schlüssel der \(ebene.wort) stehen nicht im Gemeindeverzeichnis")
        melde(
            places.subtracting(keys), "Gebiet hat keine Grenze (\(ebene.wort))",
            "Gebiete haben keine Grenze (\(ebene.wort))")
    }

    func write(nummer: Int, in db: any SQLConnection) throws {
        for teil in teile where teil.aendertEtwas {
            let ebene = teil.satz.topologie.ebene
            try db.execute("DELETE FROM grenzlinie WHERE ebene = \(ebene)")
            try db.execute("DELETE FROM grenze WHERE ebene = \(ebene)")
            try db.execute("DELETE FROM grenzstand WHERE ebene = \(ebene)")
            try db.execute(
                "INSERT INTO grenzstand (ebene, vermerk, nummer) VALUES (\(ebene), \(vermerk), \(nummer))")
            try db.insert(
                into: "grenze",
                columns: ["ebene", "schluessel", "west", "sued", "ost", "nord", "flaechen", "pruefsumme"],
                rows: teil.satz.grenzen.lazy.map { grenze in
                    [
                        ebene.sqlValue, grenze.schluessel.sqlValue, grenze.rahmen.west.sqlValue,
                        grenze.rahmen.sued.sqlValue, grenze.rahmen.ost.sqlValue, grenze.rahmen.nord.sqlValue,
                        grenze.flaechen.sqlValue, grenze.pruefsumme.sqlValue,
                    ]
                })
            try db.insert(
                into: "grenzlinie", columns: ["ebene", "nummer", "von", "bis", "punkte"],
                rows: zip(teil.satz.topologie.linien, teil.satz.linien).lazy.enumerated().map { number, line in
                    [
                        ebene.sqlValue, number.sqlValue, line.0.von.sqlValue, line.0.bis.sqlValue, line.1.sqlValue,
                    ]
                })
        }
    }
}
