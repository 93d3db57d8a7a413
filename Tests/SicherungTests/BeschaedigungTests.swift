import CryptoExtras
import Foundation
import Kernel
import TestKit
import Testing

@testable import Sicherung

/// What happens to a backup on its way is noticed.
@Suite(.timeLimit(.minutes(10))) struct BeschaedigungTests {
    /// A small backup with rows and files, plain or encrypted.
    private func sichere(
        _ probe: Probe, verschluesselt: Bool
    ) async throws -> (bytes: [UInt8], key: GeheimerSchluessel?) {
        let quelle = try await probe.ort(.sqlite, "quelle\(verschluesselt)")
        let database = try await Probe.oeffne(quelle)
        try await Probe.zufaellig(11, rows: 400, in: database)
        await database.close()
        let ordner = probe.pfad("quelle\(verschluesselt)/texte")
        try FileManager.default.createDirectory(atPath: ordner, withIntermediateDirectories: true)
        var zufall = Zufall(5)
        let noise = Data((0..<150_000).map { _ in UInt8.random(in: .min ... .max, using: &zufall) })
        try noise.write(to: URL(filePath: ordner + "/bild"))
        let keys = verschluesselt ? try probe.schluessel("paar", Probe.paar.get()) : nil
        let file = probe.pfad("gut\(verschluesselt)")
        _ = try await Sicherung.schreibe(
            quelle, nach: file, schluessel: keys.map { try OeffentlicherSchluessel(datei: $0.oeffentlich) })
        return (
            Array(try Data(contentsOf: URL(filePath: file))), try keys.map { try GeheimerSchluessel(datei: $0.geheim) }
        )
    }

    private func pruefe(_ probe: Probe, _ bytes: [UInt8], _ key: GeheimerSchluessel?) async throws -> Pruefung.Ergebnis
    {
        let file = probe.pfad("versuch")
        try Data(bytes).write(to: URL(filePath: file))
        return try await Pruefung.pruefe(
            file, geheimschluessel: key, postgres: nil, bereiche: ["dateien", "texte"], migrationen: Probe.migrationen)
    }

    @Test(arguments: [false, true])
    func `one changed bit anywhere is found`(verschluesselt: Bool) async throws {
        try await Probe.mit { probe in
            let (good, key) = try await sichere(probe, verschluesselt: verschluesselt)
            #expect(try await pruefe(probe, good, key).vergleich.stimmt)
            let seed = UInt64.random(in: 0...UInt64.max)
            var zufall = Zufall(seed)
            // The beginning and the end, where the headers and the sums are, and anywhere.
            let positions =
                Array(0..<24) + Array(good.count - 60..<good.count)
                + (0..<60).map { _ in Int.random(in: 0..<good.count, using: &zufall) }
            for position in positions {
                var bytes = good
                bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &zufall)
                let error = await #expect(throws: Refusal.self, "Byte \(position) von \(good.count), Saat \(seed)") {
                    try await pruefe(probe, bytes, key)
                }
                #expect(error?.message.isEmpty == false)
            }
        }
    }

    @Test(arguments: [false, true])
    func `a shortened or lengthened backup is refused, and nothing is put back`(verschluesselt: Bool) async throws {
        try await Probe.mit { probe in
            let (good, key) = try await sichere(probe, verschluesselt: verschluesselt)
            let ziel = try await probe.ort(.sqlite, "ziel")
            let seed = UInt64.random(in: 0...UInt64.max)
            var zufall = Zufall(seed)
            let chunk = Siegel.chunkSize + Siegel.tagSize
            let header = good.count % chunk
            let lengths =
                [0, 1, 15, 16, 17, good.count - 1, good.count - 48, header, header + chunk]
                + (0..<25).map { _ in Int.random(in: 0..<good.count, using: &zufall) }
            let wrong = lengths.map { Array(good.prefix($0)) } + [good + [0], good + good]
            for bytes in wrong {
                let file = probe.pfad("kurz")
                try Data(bytes).write(to: URL(filePath: file))
                await #expect(throws: Refusal.self, "\(bytes.count) von \(good.count) Bytes, Saat \(seed)") {
                    try await Einspielung.spiele(file, geheimschluessel: key, in: ziel)
                }
                #expect(try await Probe.istLeer(ziel), "\(bytes.count) Bytes")
            }
        }
    }

    @Test func `chunks that change places are noticed`() async throws {
        try await Probe.mit { probe in
            let (good, key) = try await sichere(probe, verschluesselt: true)
            let header = 61 + 384
            let chunk = Siegel.chunkSize + Siegel.tagSize
            #expect(good.count > header + 2 * chunk)
            let first = good[header..<header + chunk]
            let second = good[header + chunk..<header + 2 * chunk]
            let swapped = Array(good[..<header] + second + first + good[(header + 2 * chunk)...])
            let without = Array(good[..<header] + second + good[(header + 2 * chunk)...])
            for bytes in [swapped, without] {
                let error = await #expect(throws: Refusal.self) { try await pruefe(probe, bytes, key) }
                #expect(error?.message.contains("Abschnitt 1") == true)
            }
        }
    }

    @Test func `only the right key opens a backup, and every other file given as a key is named`() async throws {
        try await Probe.mit { probe in
            let (good, key) = try await sichere(probe, verschluesselt: true)
            let other = try probe.schluessel("anderes", Probe.anderes.get())
            let mine = try probe.schluessel("paar", Probe.paar.get())
            let noKey = await #expect(throws: Refusal.self) { try await pruefe(probe, good, nil) }
            #expect(noKey?.message.contains("--geheimschluessel") == true)
            let wrong = await #expect(throws: Refusal.self) {
                try await pruefe(probe, good, GeheimerSchluessel(datei: other.geheim))
            }
            #expect(wrong?.message.contains("passt nicht") == true)
            #expect(try await pruefe(probe, good, key).istVerschluesselt)
            let short = try probe.schluessel("kurz", _RSA.Signing.PrivateKey(keySize: .bits2048))
            for (path, word) in [
                (mine.geheim, "geheimer Schlüssel"), (short.oeffentlich, "3072"),
                (probe.pfad("fehlt.pem"), "gibt es nicht"),
                (probe.pfad("gutTrue"), "kein"), (probe.ordner, "Ordner"),
            ] {
                let error = #expect(throws: Refusal.self, "\(path)") { try OeffentlicherSchluessel(datei: path) }
                #expect(path.hasSuffix("gutTrue") || error?.message.contains(word) == true, "\(error?.message ?? "")")
            }
            #expect(throws: Refusal.self) { try GeheimerSchluessel(datei: mine.oeffentlich) }
            #expect(throws: Refusal.self) { try GeheimerSchluessel(datei: short.geheim) }
        }
    }

    @Test func `an encrypted backup shows neither names nor rows`() async throws {
        try await Probe.mit { probe in
            let (good, _) = try await sichere(probe, verschluesselt: true)
            for word in ["probe_art", "impressum", "sicherung.json", "SQLite"] {
                #expect(Data(good).range(of: Data(word.utf8)) == nil, "\(word)")
            }
        }
    }

    @Test func `names that lead out of their folder, links and foreign archives are refused`() async throws {
        try await Probe.mit { probe in
            let kopf = Sicherungskopf(
                format: 1, programm: "1", datenbank: .sqlite, serverfassung: nil, zeit: "", migrationen: [],
                tabellen: [])
            for name in [
                "texte/../../x", "/etc/x", "texte//x", "texte/./x", "x", "fremd/x", "texte/.sperre",
                "texte/.einspielung-x/y", "../x", "texte/",
            ] {
                let file = probe.pfad("boese")
                let output = try Ausgabe(file, replaces: true, for: nil)
                let archive = try Archivschreiber(output)
                try archive.append(Sicherungskopf.datei, bytes: json(kopf), at: 0)
                try archive.append("datenbank.sqlite", bytes: [], at: 0)
                try archive.append(name, bytes: [1], at: 0)
                try archive.finish()
                try output.finish()
                let ziel = try await probe.ort(.sqlite, "ziel")
                let error = await #expect(throws: Refusal.self, "\(name)") {
                    try await Einspielung.spiele(file, in: ziel)
                }
                #expect(error?.message.contains("Unbekanntes") == true, "\(name): \(error?.message ?? "")")
                #expect(try await Probe.istLeer(ziel))
            }
            for (name, text) in [("leer", ""), ("text", "Dies ist ein Text, länger als ein Kopf."), ("zstd", "\u{28}")]
            {
                try text.write(toFile: probe.pfad(name), atomically: true, encoding: .utf8)
                let error = await #expect(throws: Refusal.self) {
                    try await Pruefung.pruefe(probe.pfad(name), postgres: nil, bereiche: [], migrationen: [])
                }
                #expect(error?.message.contains("keine Sicherung von Leitstand") == true)
            }
        }
    }
}
