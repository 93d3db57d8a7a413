import Foundation
import Glibc
import Kernel

/// A folder that a restore fills: in a subfolder first, on the same disk, then by renaming.
///
/// Unless `commit` is called, it is left as it was.
final class Zielordner {
    static let prefix = ".einspielung-"

    let pfad: String
    private var stage: Zwischenordner?
    private var made: [String] = []
    private var placed: [String] = []
    private var isCommitted = false

    /// Makes the folder if there is none.
    init(_ path: String) throws {
        pfad = path
        var missing: [String] = []
        var part = path
        while !FileManager.default.fileExists(atPath: part) {
            missing.append(part)
            part = folder(of: part)
        }
        for folder in missing.reversed() {
            guard mkdir(folder, 0o750) == 0 else {
                let error = systemfehler(folder)
                undo()
                throw error
            }
            made.append(folder)
        }
        do { stage = try Zwischenordner(in: path, prefix: Zielordner.prefix) } catch {
            undo()
            throw error
        }
    }

    deinit { discard() }

    /// Takes back what was not committed. Folders inside one another go from the inside out.
    func discard() {
        stage = nil
        if !isCommitted { undo() }
    }

    /// Where what is to be placed is made ready.
    var zwischen: String { stage?.pfad ?? pfad }

    /// What lies there already, apart from what restores left over.
    static func inhalt(_ path: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try Ablage.names(in: path).filter { !$0.hasPrefix(prefix) && $0 != Zwischenordner.lockName }
    }

    /// Moves everything that is ready to its place.
    func place() throws {
        for name in try Ablage.names(in: zwischen) where name != Zwischenordner.lockName {
            let target = pfad + "/" + name
            var status = stat()
            if lstat(target, &status) == 0 { throw systemfehler(target, EEXIST) }
            guard rename(zwischen + "/" + name, target) == 0 else { throw systemfehler(target) }
            placed.append(target)
        }
        try syncFolder(pfad)
        for made in made { try syncFolder(folder(of: made)) }
    }

    /// From now on it stays.
    func commit() { isCommitted = true }

    private func undo() {
        // Nobody is left to tell; what stays is named by the next attempt.
        for path in placed { try? FileManager.default.removeItem(atPath: path) }
        for folder in made.reversed() { rmdir(folder) }
        (placed, made) = ([], [])
    }
}
