import Foundation
import Glibc
package import Kernel

/// Writes backups.
package enum Sicherung {
    /// What was written.
    package struct Ergebnis: Sendable {
        package let kopf: Sicherungskopf
        package let dateien: Int
        package let bytes: Int
        /// What rows name and the stored files lack: no later backup has it, either.
        package let fehlend: [String]
    }

    /// Backs up an installation while it is in use.
    ///
    /// The rows are read first, the files after them: a row never names a file that the backup lacks, as long as files
    /// are stored before the rows that name them.
    ///
    /// - Parameter path: the file to write; `-` is standard output.
    package static func schreibe(
        _ installation: Installation, nach path: String, schluessel: OeffentlicherSchluessel? = nil,
        ersetzen: Bool = false, am time: Instant = .jetzt()
    ) async throws -> Ergebnis {
        // First: what cannot be written should be said before the work begins.
        let output = try Ausgabe(path, replaces: ersetzen, for: schluessel)
        // Until the files are read, nothing is taken away that a row of this moment names.
        let sperren = installation.bereiche.compactMap { Bestandssperre($0.ordner) }
        let abzug = try await Abzug.of(installation, at: time)
        defer { withExtendedLifetime(sperren) {} }
        return try schreibe(abzug, installation.bereiche, output, seconds: time.rawValue / 1000)
    }

    private static func schreibe(
        _ abzug: Abzug, _ bereiche: [Installation.Bereich], _ output: Ausgabe, seconds: Int
    ) throws -> Ergebnis {
        let archive = try Archivschreiber(output)
        let kopf = try archive.append(Sicherungskopf.datei, bytes: json(abzug.kopf), at: seconds)
        let datenbank = try archive.append(
            abzug.kopf.datenbank.datei, descriptor: abzug.datei.descriptor, size: abzug.datei.size, at: seconds)
        var dateien: [Dateisumme] = []
        for bereich in bereiche {
            try Ablage.forEach(in: bereich.ordner) { name, descriptor, status in
                dateien.append(
                    try archive.append(
                        bereich.name + "/" + name, descriptor: descriptor, size: Int(status.st_size),
                        at: status.st_mtim.tv_sec))
            }
        }
        let inhalt = Sicherungsinhalt(kopf: kopf, datenbank: datenbank, dateien: dateien)
        try archive.append(Sicherungsinhalt.datei, bytes: json(inhalt), at: seconds)
        try archive.finish()
        try output.finish()
        return Ergebnis(
            kopf: abzug.kopf, dateien: dateien.count, bytes: output.size,
            fehlend: Dateibestand.fehler(dateien, abzug.inhalte))
    }
}

/// A folder of stored files.
enum Ablage {
    /// Opens each regular file below `folder` in the order of the names; links and what begins with a dot, which is work
    /// under way, are left out, and so is a file that goes away meanwhile.
    static func forEach(in folder: String, _ body: (String, Int32, stat) throws -> Void) throws {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        try walk(folder, "", body)
    }

    private static func walk(_ folder: String, _ prefix: String, _ body: (String, Int32, stat) throws -> Void) throws {
        for name in try names(in: folder) where !name.hasPrefix(".") {
            let path = folder + "/" + name
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try walk(path, prefix + name + "/", body)
            case S_IFREG:
                let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
                if descriptor < 0, errno == ENOENT { continue }
                guard descriptor >= 0, fstat(descriptor, &status) == 0 else { throw systemfehler(path) }
                defer { close(descriptor) }
                try body(prefix + name, descriptor, status)
            default: continue
            }
        }
    }

    /// - Throws: `Refusal` for a name that is not UTF-8, because it could not be written down.
    static func names(in folder: String) throws -> [String] {
        guard let stream = opendir(folder) else { throw systemfehler(folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            guard let name else {
                throw Refusal(
                    .unprocessable,
                    "Im Ordner \(folder) liegt eine Datei, deren Name nicht UTF-8 ist. Benennen Sie sie um.")
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// Held while files are read: whoever stores files takes none away meanwhile.
final class Bestandssperre {
    private let lock: Int32

    /// Nil for a folder that is not there or that only others write: then nobody here takes files away, either.
    init?(_ folder: String) {
        lock = open(folder + "/" + Zwischenordner.lockName, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { return nil }
        // Made by root it would keep out the account that stores files there.
        var status = stat()
        if geteuid() == 0, stat(folder, &status) == 0 { _ = fchown(lock, status.st_uid, status.st_gid) }
        guard flock(lock, LOCK_SH) == 0 else {
            close(lock)
            return nil
        }
    }

    deinit { close(lock) }
}
