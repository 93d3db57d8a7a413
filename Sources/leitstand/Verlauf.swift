import App
import ArgumentParser
import Formats
import Foundation
import Kernel
import Protokoll
import Storage
import Verzeichnis

struct ExportVerlauf: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verlauf", abstract: "Schreibt den Verlauf mit seinen Siegeln als JSON-Zeilen.")

    @OptionGroup var ort: Ort
    @Option(
        help: ArgumentHelp(
            "Nur den Verlauf dieser Organisation: Kennung, Regionalschlüssel (ARS) oder Name.",
            valueName: "Organisation"))
    var organisation: String?
    @Option(help: ArgumentHelp("Zieldatei mit der Endung .jsonl.", valueName: "Datei")) var out: String

    func run() async throws {
        guard out.lowercased().hasSuffix(".jsonl") else {
            throw ValidationError("Geschrieben werden JSON-Zeilen: Geben Sie eine Datei mit der Endung .jsonl an.")
        }
        try await erklaert {
            let database = try await ort.open()
            let (word, target) = (organisation, out)
            let count: Int
            do {
                // In the folder of the target, so that it appears there at once and whole.
                let file = try TemporaryFile(in: URL(fileURLWithPath: target).deletingLastPathComponent().path)
                count = try await database.read { db in
                    try file.clear()
                    let kette = try word.map { try OrganisationStore.named($0, in: db).id.rawValue }
                    return try VerlaufExport.schreibe(kette: kette, to: file, in: db)
                }
                await database.close()
                try file.keep(as: target)
            } catch let error as FormatError {
                throw Refusal(.unprocessable, error.reason)
            }
            melde("Geschrieben: \(out) (\(Zahl.mit(count, "Zeile", "Zeilen")))")
        }
    }
}

/// Seals what an import wrote; a server that runs would do the same a little later.
func verlaufVersiegeln(_ database: any Database) async throws { try await Versiegelung.nachfuehren(database) }

/// `check --verlauf`: whether the Verlauf is what was once sealed.
struct Verlaufskontrolle {
    let ort: Ort
    /// Ends of chains that were kept outside.
    let anker: String?
    let ankerSchreiben: String?

    func run() async throws {
        let bekannt = try anker.map(Ankerdatei.lies) ?? [:]
        let database = try await ort.open()
        let befund = try await database.read { db in
            try Verlaufspruefung.pruefe(anker: bekannt, jetzt: .jetzt(), in: db)
        }
        let namen = try await self.namen(befund, database)
        await database.close()
        melde(
            "Geprüft: \(Zahl.mit(befund.versiegelt, "versiegelte Zeile", "versiegelte Zeilen")) in \(Zahl.mit(befund.ketten, "Kette", "Ketten"))"
        )
        if anker != nil { melde("Verglichen: \(Zahl.mit(bekannt.count, "Anker", "Anker"))") }
        if befund.wartend > 0 {
            melde("Noch ohne Siegel, weil gerade erst geschrieben: \(Zahl.mit(befund.wartend, "Zeile", "Zeilen"))")
        }
        if befund.verjaehrteAnker > 0 {
            melde(
                "Ohne Aussage, weil die Zeilen bis dahin nach Ablauf ihrer Aufbewahrung gelöscht sind: \(Zahl.mit(befund.verjaehrteAnker, "Anker", "Anker"))"
            )
        }
        if let erste = befund.ersteVerspaetete {
            melde(
                "Mehr als einen Tag nach ihrem Zeitpunkt versiegelt: \(Zahl.mit(befund.verspaetet, "Zeile", "Zeilen")), zuerst \(kette(erste.kette, namen)) Nummer \(erste.nummer) am \(erste.am.berlin)"
            )
        }
        for fault in befund.fehler { melde(fehler: satz(fault, namen)) }
        if befund.fehlerzahl > befund.fehler.count {
            melde(fehler: "… und \(Zahl.deutsch(befund.fehlerzahl - befund.fehler.count)) weitere Fehler")
        }
        guard befund.stimmt else {
            throw Refusal(
                .unprocessable,
                "Der Verlauf stimmt nicht mit seinen Siegeln überein (\(Zahl.mit(befund.fehlerzahl, "Fehler", "Fehler")))."
                    + (ankerSchreiben == nil ? "" : " Anker wurden nicht geschrieben."))
        }
        if let ankerSchreiben {
            try Ankerdatei.schreibe(befund.enden, nach: ankerSchreiben)
            melde("Anker geschrieben: \(ankerSchreiben) (\(Zahl.mit(befund.enden.count, "Kette", "Ketten")))")
        }
        melde("Der Verlauf ist vollständig und unverändert.")
    }

    private func namen(_ befund: Verlaufsbefund, _ database: any Database) async throws -> [String: String] {
        let ids = Set(befund.fehler.map(\.kette)).union(befund.ersteVerspaetete.map { [$0.kette] } ?? [])
        return try await database.read { db in
            var names: [String: String] = [:]
            for id in ids where !id.isEmpty {
                names[id] = try OrganisationStore.find(.init(rawValue: id), in: db)?.name
            }
            return names
        }
    }

    private func kette(_ id: String, _ namen: [String: String]) -> String {
        id.isEmpty ? "Kette ohne Organisation" : "Kette „\(namen[id] ?? id)“ (\(id))"
    }

    private func satz(_ fault: Verlaufsbefund.Fehler, _ namen: [String: String]) -> String {
        let was =
            switch fault.art {
            case .luecke: "hier fehlt mindestens eine Zeile"
            case .entfernt: "die Zeile \(fault.zeile ?? "") ist entfernt"
            case .veraendert: "die Zeile \(fault.zeile ?? "") ist verändert, vertauscht oder eingefügt"
            case .ende: "ab hier fehlt das Ende der Kette"
            case .angehaengt: "ab hier ist die Kette am Leitstand vorbei verlängert"
            case .anfang: "bis hier fehlt der Anfang der Kette, ohne dass der Verlauf es sagt"
            case .anker: "die Kette ist nicht die, die der Anker kennt"
            case .unversiegelt:
                "die Zeile \(fault.zeile ?? "") hat kein Siegel: läuft kein Server, oder ist sie eingefügt?"
            }
        let nummer = fault.nummer.map { " Nummer \($0)" } ?? ""
        return "\(kette(fault.kette, namen))\(nummer): \(was)\(fault.am.map { " (\($0.berlin))" } ?? "")"
    }
}

/// The ends of all chains as JSON lines, kept where nobody who reaches the database can write.
enum Ankerdatei {
    private struct Zeile: Codable {
        let kette: String
        let nummer: Int
        let siegel: String
        let versiegeltAm: String
    }

    static func schreibe(_ enden: [Verlaufsende], nach path: String) throws {
        do {
            let file = try TemporaryFile(in: URL(fileURLWithPath: path).deletingLastPathComponent().path)
            for ende in enden {
                var json = JSONWriter(capacity: 200)
                json.object { json in
                    json.field("kette", ende.kette)
                    json.field("nummer", ende.nummer)
                    json.field("siegel", ende.siegel.hex)
                    json.field("versiegeltAm", ende.am.iso)
                }
                try file.append(json.bytes + [UInt8(ascii: "\n")])
            }
            try file.keep(as: path)
        } catch { throw Refusal(.unprocessable, error.reason) }
    }

    static func lies(_ path: String) throws -> [String: Verlaufsende] {
        guard let data = FileManager.default.contents(atPath: path), data.count < 64 << 20 else {
            throw Refusal(.notFound, "Die Ankerdatei \(path) fehlt, ist nicht lesbar oder zu groß.")
        }
        var enden: [String: Verlaufsende] = [:]
        for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
            // Whatever is wrong with the line, the sentence below says where it is.
            guard let zeile = try? JSONDecoder().decode(Zeile.self, from: line), let siegel = bytes(zeile.siegel),
                zeile.nummer > 0, let zeit = try? Date(zeile.versiegeltAm, strategy: zeitform),
                enden[zeile.kette] == nil
            else {
                throw Refusal(
                    .unprocessable,
                    "\(path), Zeile \(index + 1): Das ist kein Anker. Gemeint ist eine Datei, die --anker-schreiben geschrieben hat."
                )
            }
            enden[zeile.kette] = Verlaufsende(
                kette: zeile.kette, nummer: zeile.nummer, siegel: siegel,
                am: Instant(rawValue: Int((zeit.timeIntervalSince1970 * 1_000).rounded())))
        }
        guard !enden.isEmpty else { throw Refusal(.unprocessable, "Die Ankerdatei \(path) ist leer.") }
        return enden
    }

    private static let zeitform = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func bytes(_ hex: String) -> [UInt8]? {
        guard hex.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var rest = Substring(hex)
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
