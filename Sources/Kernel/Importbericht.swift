package import Storage

/// What an import did or, as a trial, would do.
package struct Importbericht: Sendable, Equatable {
    /// A place in the input that was refused, and why.
    package struct Fehlstelle: Sendable, Equatable {
        /// Line of the input, from 1; 0 stands for the whole input.
        package let zeile: Int
        /// Column in characters from 1, where it is known.
        package let spalte: Int?
        package let feld: String?
        package let grund: String
        /// The name of the input where one import reads several.
        package let quelle: String?

        package init(zeile: Int, spalte: Int? = nil, feld: String? = nil, grund: String, quelle: String? = nil) {
            (self.zeile, self.spalte, self.feld, self.grund, self.quelle) = (zeile, spalte, feld, grund, quelle)
        }

        /// One line for a terminal: "datei.csv, Zeile 3, Spalte 12, Feld Frist: …".
        package var text: String {
            var parts: [String] = []
            if let quelle { parts.append(quelle) }
            if zeile > 0 { parts.append("Zeile \(zeile)") }
            if let spalte { parts.append("Spalte \(spalte)") }
            if let feld { parts.append("Feld \(feld)") }
            return parts.isEmpty ? grund : parts.joined(separator: ", ") + ": " + grund
        }
    }

    package var neu = 0
    package var geaendert = 0
    package var unveraendert = 0
    package var entfallen = 0
    /// Things counted and left out on purpose, with their word: "Regionen (Satzart 30)": 12.
    package var ausgelassen: [(was: String, anzahl: Int)] = []
    /// Sentences worth knowing that refuse nothing.
    package var hinweise: [String] = []
    package private(set) var fehler: [Fehlstelle] = []
    /// All faults counted, also those beyond the ones kept.
    package private(set) var fehlerzahl = 0
    /// The input as a whole is not to be trusted: nothing is written, whatever may be skipped.
    package private(set) var istGesperrt = false
    /// True when the rows without fault were written.
    package var geschrieben = false

    /// A report never grows with a broken input: later faults are counted only.
    package static let behalten = 10_000

    package init() {}

    package mutating func refuse(_ place: Fehlstelle) {
        fehlerzahl += 1
        if fehler.count < Importbericht.behalten { fehler.append(place) }
    }

    /// Refuses the whole input.
    package mutating func sperre(_ place: Fehlstelle) {
        refuse(place)
        istGesperrt = true
    }

    package var aendertEtwas: Bool { neu + geaendert + entfallen > 0 }

    package static func == (a: Importbericht, b: Importbericht) -> Bool { a.zeilen == b.zeilen && a.fehler == b.fehler }

    /// The report in lines for a terminal or a page.
    package var zeilen: [String] {
        var lines = ["neu: \(neu), geändert: \(geaendert), unverändert: \(unveraendert), entfallen: \(entfallen)"]
        lines += ausgelassen.map { "ausgelassen: \($0.anzahl) \($0.was)" }
        lines += hinweise.map { "Hinweis: \($0)" }
        lines += fehler.map { "Fehler: \($0.text)" }
        if fehlerzahl > fehler.count { lines.append("… und \(fehlerzahl - fehler.count) weitere Fehler") }
        return lines
    }
}

/// How an import is to treat trial runs and faulty rows.
package struct Importauftrag: Sendable {
    /// Say what would change and write nothing.
    package var probe: Bool
    /// Write the rows without fault although others were refused.
    package var fehlerhafteUeberspringen: Bool
    /// Close what is missing in the input even when that is unusually much.
    package var vieleEntfallen: Bool
    package var urheber: Urheber

    package init(
        probe: Bool = false, fehlerhafteUeberspringen: Bool = false, vieleEntfallen: Bool = false, urheber: Urheber
    ) {
        self.probe = probe
        self.fehlerhafteUeberspringen = fehlerhafteUeberspringen
        self.vieleEntfallen = vieleEntfallen
        self.urheber = urheber
    }

    /// A file that ends too early looks like one in which much is gone; a person has to say which it is.
    package func pruefeEntfallen(
        _ entfallen: Int, von bestand: Int, hoechstensProzent: Int, _ bericht: inout Importbericht
    ) {
        guard !vieleEntfallen, entfallen > 20, entfallen * 100 > bestand * hoechstensProzent else { return }
        bericht.sperre(
            .init(
                zeile: 0,
                grund:
                    "\(Zahl.deutsch(entfallen)) von \(Zahl.deutsch(bestand)) Einträgen fehlen in der Datei. Sie ist vermutlich abgeschnitten. Wenn sie wirklich entfallen sollen, geben Sie --viele-entfallen an."
            ))
    }

    /// Whether what was understood may be written.
    package func schreibt(_ bericht: Importbericht) -> Bool {
        !probe && !bericht.istGesperrt && (bericht.fehlerzahl == 0 || fehlerhafteUeberspringen)
    }
}

extension Database {
    /// One transaction for an import; a trial only reads and keeps nobody from writing.
    package func fuehre<T: Sendable>(
        _ auftrag: Importauftrag, _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        auftrag.probe ? try await read(body) : try await write(body)
    }
}
