package import Formats
import Foundation
import Glibc
package import Kernel

/// Content in a folder, two levels of folders below it; several servers may share it.
///
/// Below the folder no link is followed, and only its owner reads what is put there.
package struct Ordnerablage: Dateiablage {
    package let ordner: String

    package init(ordner: String) { self.ordner = ordner }

    package var name: String { "ordner" }

    /// Held shared while a backup reads, so that nothing goes meanwhile.
    private static let sperre = ".sperre"
    /// Held by the one that removes: two of them would else take each other for a backup.
    private static let entfernung = ".entfernung"

    package func lege(_ datei: TemporaryFile, sha256: String, an ort: String) async throws {
        let ordner = ordner
        try await Nebenfaden.tue {
            guard let parts = Ablageort.teile(ort) else { throw Ablagefehler.gestoert("Ort") }
            try datei.sync()
            let folders = try Ordner.kette(ordner, Array(parts.prefix(2)), anlegen: true)
            try datei.keep(in: folders.letzter, as: parts[2])
            try folders.sync()
        }
    }

    package func hole(_ ort: String) async throws -> any Bytezugriff {
        let ordner = ordner
        return try await Nebenfaden.tue {
            guard let parts = Ablageort.teile(ort) else { throw Ablagefehler.fehlt }
            let folders = try Ordner.kette(ordner, Array(parts.prefix(2)), anlegen: false)
            let descriptor = openat(folders.letzter, parts[2], O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0, let file = Lesedatei(descriptor) else { throw Ordner.fehler() }
            return file
        }
    }

    package func enthaelt(_ ort: String) async throws -> Bool {
        do { return try await hole(ort).byteCount >= 0 } catch Ablagefehler.fehlt { return false }
    }

    @discardableResult
    package func loesche(_ ort: String) async throws -> Bool {
        let ordner = ordner
        return try await Nebenfaden.tue {
            guard let parts = Ablageort.teile(ort) else { return false }
            do {
                let turn = try Self.oeffne(ordner, Self.entfernung)
                defer { Self.gibFrei(turn) }
                guard flock(turn, LOCK_EX) == 0 else { throw Ordner.fehler() }
                let lock = try Self.oeffne(ordner, Self.sperre)
                defer { Self.gibFrei(lock) }
                guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
                    // Where a backup is under way, the nightly tidying takes it later.
                    if errno == EWOULDBLOCK { return false }
                    throw Ordner.fehler()
                }
                let folders = try Ordner.kette(ordner, Array(parts.prefix(2)), anlegen: false)
                guard unlinkat(folders.letzter, parts[2], 0) == 0 else { throw Ordner.fehler() }
                return true
            } catch Ablagefehler.fehlt { return false }
        }
    }

    package func orte(vor grenze: Instant) async throws -> [String] {
        let ordner = ordner
        return try await Nebenfaden.tue {
            guard FileManager.default.fileExists(atPath: ordner) else { return [] }
            var found: [String] = []
            for first in try Ordner.namen(ordner) where first.utf8.count == 2 {
                for second in try Ordner.namen(ordner + "/" + first) where second.utf8.count == 2 {
                    let folder = "\(ordner)/\(first)/\(second)"
                    for name in try Ordner.namen(folder) where Ordner.istAelter(folder + "/" + name, als: grenze) {
                        let ort = "\(first)/\(second)/\(name)"
                        if Ablageort.teile(ort) != nil { found.append(ort) }
                    }
                }
            }
            return found
        }
    }

    private static func oeffne(_ ordner: String, _ name: String) throws -> Int32 {
        let lock = open(ordner + "/" + name, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else { throw Ordner.fehler() }
        return lock
    }

    /// Closing alone is not enough: a child process that is just being started still has the file open.
    private static func gibFrei(_ lock: Int32) {
        _ = flock(lock, LOCK_UN)
        close(lock)
    }
}

/// Folders opened one inside the other, without following links.
final class Ordner {
    private var offene: [Int32]

    private init(_ offene: [Int32]) { self.offene = offene }

    deinit { for descriptor in offene { close(descriptor) } }

    var letzter: Int32 { offene.last ?? -1 }

    /// From the inside out: a name is safe when the folder that has it is.
    func sync() throws {
        for descriptor in offene.reversed() where fsync(descriptor) != 0 { throw Ordner.fehler() }
    }

    static func kette(_ wurzel: String, _ namen: [String], anlegen: Bool) throws -> Ordner {
        if anlegen { try lege(wurzel) }
        let root = open(wurzel, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw fehler() }
        let chain = Ordner([root])
        for name in namen {
            if anlegen, mkdirat(chain.letzter, name, 0o700) != 0, errno != EEXIST { throw fehler() }
            let next = openat(chain.letzter, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard next >= 0 else { throw fehler() }
            chain.offene.append(next)
        }
        return chain
    }

    /// Makes the folder itself and those above it.
    static func lege(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw Ablagefehler.gestoert("Der Ordner \(path) lässt sich nicht anlegen.") }
    }

    static func namen(_ path: String) throws -> [String] {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [] }
        do { return try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw Ablagefehler.gestoert("Der Ordner \(path) lässt sich nicht lesen.")
        }
    }

    static func istAelter(_ path: String, als grenze: Instant) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return status.st_mtim.tv_sec * 1_000 < grenze.rawValue
    }

    static func fehler() -> Ablagefehler {
        errno == ENOENT ? .fehlt : .gestoert(String(cString: strerror(errno)))
    }
}
