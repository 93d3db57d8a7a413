import Foundation
import Glibc
import Kernel

/// A folder for work under way that only this user can read and that goes with this object.
///
/// A program that is killed leaves its folder behind; the next one with the same prefix takes it away. A lock on a file
/// inside tells a folder in use from one left over.
final class Zwischenordner: Sendable {
    let pfad: String
    private let lock: Int32

    init(in folder: String, prefix: String) throws {
        Zwischenordner.sweep(folder, prefix)
        var name = Array("\(folder)/\(prefix)XXXXXX".utf8CString)
        let made = name.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
        }
        guard made else { throw systemfehler(folder) }
        pfad = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        lock = open(pfad + "/" + Zwischenordner.lockName, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw systemfehler(pfad) }
    }

    deinit {
        // What cannot be removed now is removed by the next run.
        try? FileManager.default.removeItem(atPath: pfad)
        close(lock)
    }

    /// Where large temporary files belong; `/tmp` may be memory.
    static var system: String {
        ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/var/tmp"
    }

    static let lockName = ".sperre"

    private static func sweep(_ folder: String, _ prefix: String) {
        // A folder that cannot be listed fails a moment later with a sentence.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let path = folder + "/" + name
            let lock = open(path + "/" + lockName, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard lock >= 0 else { continue }
            var status = stat()
            if fstat(lock, &status) == 0, status.st_uid == geteuid(), flock(lock, LOCK_EX | LOCK_NB) == 0 {
                // Left over from a killed run; if it stays, it only takes space.
                try? FileManager.default.removeItem(atPath: path)
            }
            close(lock)
        }
    }
}
