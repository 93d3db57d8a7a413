import Jobs
import Kernel
import Storage
import Web

/// How the installation does.
struct BetriebSeite: Page {
    static let template = "betrieb/uebersicht"

    let version: String
    let dialekt: SQLDialect
    let groesse: Int
    let zahlen: [JobListe.Zahl]
    let plaene: [Planstand]
    let arbeiten: [Jobarbeit]
    /// What was just asked for.
    let gestartet: String?

    var titel: String { "Administration" }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume("Administration")] }
    var bereich: String { "/betrieb" }

    func child(named: String) -> Any? {
        switch named {
        case "version": version
        case "datenbank": dialekt == .sqlite ? "SQLite" : "PostgreSQL"
        case "groesse": Bytezahl.deutsch(groesse)
        case "gestartet": gestartet
        case "wartend": zahl(.wartet)
        case "laufend": zahl(.laeuft)
        case "gescheitert": zahl(.gescheitert)
        case "hatGescheiterte": summe(.gescheitert) > 0
        case "wartetSeit": zahlen.compactMap(\.wartetSeit).min()?.berlin
        case "plaene": arbeiten.filter { $0.plan != nil }.sorted { $0.art.titel < $1.art.titel }.map(planansicht)
        default: nil
        }
    }

    private func summe(_ zustand: Job.Zustand) -> Int {
        zahlen.filter { $0.zustand == zustand }.reduce(0) { $0 + $1.anzahl }
    }

    private func zahl(_ zustand: Job.Zustand) -> String { Zahl.deutsch(summe(zustand)) }

    private func planansicht(_ arbeit: Jobarbeit) -> Werte {
        let stand = plaene.first { $0.art == arbeit.art.name }
        return Werte([
            ("titel", arbeit.art.titel), ("plan", arbeit.plan?.satz), ("naechster", stand?.naechster.berlin),
            ("letzter", stand?.letzterAm?.berlin ?? "noch nie"),
            ("dauer", stand?.dauer.map(Dauer.deutsch)), ("gescheitert", stand?.gelang == false),
            ("meldung", stand?.meldung), ("pfad", "/betrieb/plaene/\(arbeit.art.name)/lauf"),
        ])
    }
}

/// Numbers of bytes for people: `1,3 GB`.
enum Bytezahl {
    static func deutsch(_ bytes: Int) -> String {
        var (value, unit) = (Double(bytes), 0)
        while value >= 1_000, unit < 4 { (value, unit) = (value / 1_000, unit + 1) }
        let rounded =
            unit == 0 || value >= 100
            ? String(Int(value)) : String(Int(value * 10) / 10) + "," + String(Int(value * 10) % 10)
        return "\(rounded) \(["Byte", "kB", "MB", "GB", "TB"][unit])"
    }
}

/// Spans of time for people: `0,8 Sekunden`, `3 Minuten`.
enum Dauer {
    static func deutsch(_ milliseconds: Int) -> String {
        if milliseconds < 60_000 { return "\(milliseconds / 1_000),\(milliseconds / 100 % 10) Sekunden" }
        return Zahl.mit(milliseconds / 60_000, "Minute", "Minuten")
    }
}
