package import Kernel
package import Storage

/// A file of boundaries as it lies on the disk.
package struct Grenzdatei: Sendable {
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
}

/// Loads boundaries: each file replaces the whole set of its kind of place.
package enum GrenzImport {
    package static let hoechstens = Topologiedatei.hoechstens

    /// What the licence of the Bundesamt für Kartographie und Geodäsie asks to be shown with each drawing.
    package static let vermerk = "© GeoBasis-DE / BKG (Daten verändert)"

    /// One transaction for all files; nothing is written on a trial, or when one of the files was refused.
    ///
    /// - Throws: `Refusal.unprocessable` for an attribution that cannot be shown.
    package static func run(
        _ dateien: [Grenzdatei], vermerk: String = GrenzImport.vermerk, _ auftrag: Importauftrag,
        in database: any Database
    ) async throws -> Importbericht {
        let vermerk = try geprueft(vermerk)
        var bericht = Importbericht()
        let saetze = read(dateien, &bericht)
        let gelesen = bericht
        guard !gelesen.istGesperrt else { return gelesen }
        return try await database.fuehre(auftrag) { db in
            var bericht = gelesen
            try db.lock("grenzen")
            let plan = try Grenzplan(saetze, vermerk: vermerk, in: db)
            try plan.describe(in: &bericht, db)
            for (entfallen, bestand) in plan.verluste {
                // About one place in a hundred goes in a year of mergers.
                auftrag.pruefeEntfallen(entfallen, von: bestand, hoechstensProzent: 5, &bericht)
            }
            guard auftrag.schreibt(bericht) else { return bericht }
            bericht.geschrieben = true
            guard bericht.aendertEtwas else { return bericht }
            let nummer = try DatenstandStore.record(
                .grenzen, datum: nil, bericht: bericht, durch: auftrag.urheber, in: db)
            try plan.write(nummer: nummer, in: db)
            return bericht
        }
    }

    /// The sets of all files, simplified; a refused file closes the report.
    static func read(_ dateien: [Grenzdatei], _ bericht: inout Importbericht) -> [Grenzsatz] {
        var saetze: [Grenzsatz] = []
        var namen: [Grenzebene: String] = [:]
        for datei in dateien {
            do throws(Grenzfehler) {
                let topologie = try Topologiedatei.read(datei.bytes)
                if let other = namen[topologie.ebene] {
                    throw Grenzfehler("Auch \(other) enthält \(topologie.ebene.wort). Laden Sie nur eine der beiden.")
                }
                namen[topologie.ebene] = datei.name
                saetze.append(Grenzsatz(topologie))
            } catch {
                bericht.sperre(.init(zeile: 0, grund: error.grund, quelle: datei.name))
            }
        }
        return saetze
    }

    private static func geprueft(_ text: String) throws -> String {
        let trimmed = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !trimmed.isEmpty, trimmed.count <= 200, !trimmed.unicodeScalars.contains(where: { $0.value < 32 }) else {
            throw Refusal(
                .unprocessable,
                "Der Quellenvermerk muss ein Text von 1 bis 200 Zeichen sein, z. B. „\(vermerk)“.")
        }
        return trimmed
    }
}
