import Formats
import Foundation
import Kernel

/// What a run found: as a table, as JSON, and in the document that keeps the newest figures of every part.
struct Bericht {
    /// One part with its rows.
    struct Abschnitt {
        let teil: Teil
        let zeilen: [Zeile]
    }

    let saat: UInt64
    let befehl: String
    let am: Instant
    let maschine: String
    var abschnitte: [Abschnitt] = []

    var zeilen: [Zeile] { abschnitte.flatMap(\.zeilen) }

    var tabelle: String {
        let head = Zeile.spalten + ["dazu"]
        let rows = zeilen.map { Bericht.zeile($0.zellen + [$0.dazu]) }
        return ([Bericht.zeile(head), Bericht.zeile(head.map { _ in "---" })] + rows).joined(separator: "\n")
    }

    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.field("saat", String(saat))
            json.field("befehl", befehl)
            json.field("am", am.iso)
            json.field("maschine", maschine)
            json.field("erreicht", zeilen.allSatisfy(\.istErreicht))
            json.field(
                "zeilen",
                array: { json in
                    for part in abschnitte { for row in part.zeilen { row.write(to: &json, teil: part.teil.name) } }
                })
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Processor, cores, memory, system: what a figure depends on besides the program.
    static func diesesGeraet() -> String {
        // Where the system does not say it, the sentence is shorter.
        let read = { (path: String) in (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
        let model = read("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
        let memory = read("/proc/meminfo").split(separator: "\n").first { $0.hasPrefix("MemTotal") }?
            .split(separator: " ").compactMap { Double($0) }.first
        let system = read("/etc/os-release").split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }?
            .dropFirst(12).replacing("\"", with: "")
        let parts: [String?] = [
            model, "\(ProcessInfo.processInfo.activeProcessorCount) Kerne",
            memory.map { "\(Zahl.dezimal($0 / 1_048_576, stellen: 0)) GB" }, system.map { String($0) },
        ]
        return parts.compactMap { $0 }.joined(separator: ", ")
    }

    fileprivate static func zeile(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "/").replacing("\n", with: " ") }.joined(separator: " | ") + " |"
    }
}

/// `docs/LEISTUNG.md`: three tables whose lines begin with the name of their part.
///
/// A run replaces the lines of its parts and leaves those of others as they are.
struct Leistungsdokument {
    private static let koepfe: [(titel: String, spalten: [String])] = [
        ("Ergebnisse", ["Teil"] + Zeile.spalten),
        ("Was die Zeilen messen", ["Teil", "Zeile", "Was gemessen wird", "Beobachtet"]),
        ("Läufe", ["Teil", "Datum", "Saat", "Befehl", "Rechner"]),
    ]

    /// Lines of each table by part.
    private var tabellen: [[String: [String]]]

    init(_ text: String) {
        tabellen = Leistungsdokument.koepfe.map { head in
            guard let start = text.firstRange(of: "## \(head.titel)\n") else { return [:] }
            let rest = text[start.upperBound...]
            let section = rest.firstRange(of: "\n## ").map { rest[..<$0.lowerBound] } ?? rest
            var lines: [String: [String]] = [:]
            for line in section.split(separator: "\n") where line.hasPrefix("| `") {
                guard let name = line.split(separator: "`").dropFirst().first else { continue }
                lines[String(name), default: []].append(String(line))
            }
            return lines
        }
    }

    mutating func uebernimm(_ bericht: Bericht) {
        for part in bericht.abschnitte {
            let name = "`\(part.teil.name)`"
            tabellen[0][part.teil.name] = part.zeilen.map { Bericht.zeile([name] + $0.zellen) }
            tabellen[1][part.teil.name] = part.zeilen.map { Bericht.zeile([name, $0.name, $0.satz, $0.dazu]) }
            tabellen[2][part.teil.name] = [
                Bericht.zeile([
                    name, bericht.am.tag.deutsch, String(bericht.saat), "`\(bericht.befehl)`", bericht.maschine,
                ])
            ]
        }
    }

    /// Parts that are no more are left out.
    var text: String {
        var lines = [
            "# Leistung", "",
            "Diese Datei schreibt `./bench --schreiben`; ein Lauf über einzelne Teile (`--nur TEIL`) ersetzt nur deren",
            "Zeilen. Jede Zeile wird gegen eine feste Grenze oder gegen einen Vergleich im selben Lauf gemessen: absolute",
            "Zahlen hängen vom Rechner ab, Verhältnisse kaum. `./bench --liste` nennt die Teile.",
        ]
        for (head, table) in zip(Leistungsdokument.koepfe, tabellen) {
            lines += ["", "## \(head.titel)", "", Bericht.zeile(head.spalten)]
            lines.append(Bericht.zeile(head.spalten.map { _ in "---" }))
            for part in Teil.alle { lines += table[part.name] ?? [] }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
