import Crypto
import Foundation
import Glibc
import Kernel

/// The content of a backup, unpacked and proven equal to what was written.
struct Entpackung {
    let kopf: Sicherungskopf
    let dateien: [Dateisumme]

    /// Where the entries go.
    struct Ziele {
        /// Throws for a backup that may not be unpacked here; nothing is written before.
        let pruefe: (Sicherungskopf) throws -> Void
        /// The path of the copied database.
        let datenbank: String
        /// The folder for the files of an area; `nil` for one that is not known.
        let bereich: (String) throws -> String?
    }

    init(_ input: Eingabe, nach ziele: Ziele) throws {
        let reader = try Archivleser(input)
        guard let first = try reader.next(), first.name == Sicherungskopf.datei else {
            throw Refusal(.unprocessable, "Die Datei ist ein Archiv, aber keine Sicherung von Leitstand.")
        }
        let (kopf, summe): (Sicherungskopf, Dateisumme) = try Entpackung.json(first, reader)
        guard kopf.format == Sicherungskopf.format else {
            throw Refusal(
                .unprocessable,
                "Die Sicherung hat das Format \(kopf.format), dieses Leitstand (Format \(Sicherungskopf.format)) liest es nicht. Nehmen Sie die Version \(kopf.programm)."
            )
        }
        try ziele.pruefe(kopf)
        guard let second = try reader.next(), second.name == kopf.datenbank.datei else {
            throw beschaedigt("die Datenbank fehlt")
        }
        let datenbank = try Entpackung.write(second, reader, to: ziele.datenbank)
        var dateien: [Dateisumme] = []
        var inhalt: Sicherungsinhalt?
        while let entry = try reader.next() {
            guard inhalt == nil else { throw beschaedigt("hinter dem Verzeichnis steht noch etwas") }
            if entry.name == Sicherungsinhalt.datei {
                inhalt = try Entpackung.json(entry, reader).0
            } else {
                let path = try Entpackung.path(of: entry, ziele)
                dateien.append(try Entpackung.write(entry, reader, to: path))
            }
        }
        try input.drain()
        guard let inhalt else { throw beschaedigt("das Verzeichnis am Ende fehlt") }
        guard inhalt.kopf == summe, inhalt.datenbank == datenbank else {
            throw beschaedigt("die Prüfsumme der Datenbank stimmt nicht")
        }
        for (expected, found) in zip(inhalt.dateien, dateien) where expected != found {
            throw beschaedigt("die Prüfsumme von \(expected.name) stimmt nicht")
        }
        guard inhalt.dateien.count == dateien.count else { throw beschaedigt("es fehlen Dateien") }
        (self.kopf, self.dateien) = (kopf, dateien)
    }

    /// Where a stored file goes; a name that leads elsewhere is refused.
    private static func path(of entry: Archivleser.Eintrag, _ ziele: Ziele) throws -> String {
        let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let isPlain = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && !$0.hasPrefix(Zielordner.prefix) }
        guard entry.isFile, parts.count > 1, isPlain, parts[1] != Zwischenordner.lockName,
            let folder = try ziele.bereich(parts[0])
        else { throw Refusal(.unprocessable, "Die Sicherung enthält etwas Unbekanntes: \(entry.name).") }
        var path = folder
        for part in parts.dropFirst().dropLast() {
            path += "/" + part
            guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw systemfehler(path) }
        }
        return path + "/" + (parts.last ?? "")
    }

    private static func write(_ entry: Archivleser.Eintrag, _ reader: Archivleser, to path: String) throws -> Dateisumme
    {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw systemfehler(path) }
        defer { close(descriptor) }
        var sum = SHA256()
        var size = 0
        try reader.content { bytes in
            sum.update(bufferPointer: bytes)
            size += bytes.count
            try writeAll(bytes, to: descriptor, path: path)
        }
        let time = timespec(tv_sec: entry.seconds, tv_nsec: 0)
        // The time of a file is a courtesy, its content is not.
        _ = futimens(descriptor, [time, time])
        guard fsync(descriptor) == 0 else { throw systemfehler(path) }
        return Dateisumme(name: entry.name, bytes: size, sha256: sum.finalize().hex)
    }

    private static func json<T: Decodable>(
        _ entry: Archivleser.Eintrag, _ reader: Archivleser
    ) throws -> (T, Dateisumme) {
        guard entry.size <= 256 << 20 else { throw beschaedigt("\(entry.name) ist zu groß") }
        var bytes: [UInt8] = []
        try reader.content { bytes.append(contentsOf: $0) }
        do {
            let value = try JSONDecoder().decode(T.self, from: Data(bytes))
            return (value, Dateisumme(name: entry.name, bytes: bytes.count, sha256: SHA256.hash(data: bytes).hex))
        } catch is DecodingError { throw beschaedigt("\(entry.name) ist nicht lesbar") }
    }
}
