import Glibc
import Synchronization

/// A file of the temporary folder, or of another, that is gone when nobody holds this object any more.
package final class TemporaryFile: Bytezugriff {
    package let path: String
    private let descriptor: Int32
    /// The file still has the name that it was made under.
    private let isNamed = Mutex(true)

    /// - Parameter folder: where the file lies; without one in `TMPDIR`, else `/tmp`.
    /// - Throws: `FormatError` when the folder takes no file.
    package init(in folder: String? = nil, prefix: String = "leitstand-") throws(FormatError) {
        let folder = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var name = Array("\(folder)/\(prefix)XXXXXX".utf8CString)
        let descriptor = name.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map { mkstemp($0) } ?? -1
        }
        guard descriptor >= 0 else {
            throw FormatError(reason: "Im Ordner \(folder) lässt sich keine Datei anlegen.", fatal: true)
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.descriptor = descriptor
        path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        removeName()
        close(descriptor)
    }

    package var byteCount: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Takes the name away: what was written stays readable here and goes even if the program is killed.
    package func removeName() {
        isNamed.withLock { named in
            if named { unlink(path) }
            named = false
        }
    }

    /// Puts the finished file in its place at once, over one that is there.
    package func keep(as target: String) throws(FormatError) {
        let moved = isNamed.withLock { named in
            guard named, fchmod(descriptor, 0o644) == 0, rename(path, target) == 0 else { return false }
            named = false
            return true
        }
        guard moved else { throw FormatError(reason: "Die Datei \(target) lässt sich nicht schreiben.", fatal: true) }
    }

    /// Writes everything to the disk; what comes back after this outlives a power cut, if its name does.
    package func sync() throws(FormatError) {
        guard fsync(descriptor) == 0 else { throw TemporaryFile.full }
    }

    /// Puts the finished file into an open folder under `name`, readable by its owner alone.
    package func keep(in folder: Int32, as name: String) throws(FormatError) {
        let moved = isNamed.withLock { named in
            guard named, fchmod(descriptor, 0o600) == 0, renameat(AT_FDCWD, path, folder, name) == 0 else {
                return false
            }
            named = false
            return true
        }
        guard moved else { throw FormatError(reason: "Die Datei \(name) lässt sich nicht ablegen.", fatal: true) }
    }

    /// Empties the file, for a body of work that runs again.
    package func clear() throws(FormatError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw TemporaryFile.full }
    }

    /// Appends all bytes.
    package func append(_ bytes: [UInt8]) throws(FormatError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw TemporaryFile.full }
            written += count
        }
    }

    /// Up to `count` bytes from `offset`; empty at the end.
    package func read(at offset: Int, count: Int) throws(FormatError) -> [UInt8] {
        var got = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            repeat { got = pread(descriptor, buffer.baseAddress, count, off_t(offset)) } while got < 0 && errno == EINTR
            used = max(0, got)
        }
        guard got >= 0 else { throw FormatError(reason: "Die Zwischendatei lässt sich nicht lesen.", fatal: true) }
        return bytes
    }

    package static let full = FormatError(
        reason: "Die Datei ließ sich nicht schreiben. Vermutlich ist der Datenträger voll.", fatal: true)
}
