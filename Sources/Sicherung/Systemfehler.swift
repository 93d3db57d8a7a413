import Glibc
import Kernel

/// The sentence for a call of the operating system that failed on `path`.
func systemfehler(_ path: String, _ code: Int32 = errno) -> Refusal {
    switch code {
    case ENOSPC, EDQUOT:
        Refusal(.tooLarge, "Auf dem Datenträger ist kein Platz mehr: \(path) ließ sich nicht schreiben.")
    case EACCES, EPERM: Refusal(.notAllowed, "\(path) lässt sich nicht lesen oder schreiben: die Berechtigung fehlt.")
    case EROFS: Refusal(.notAllowed, "\(path) lässt sich nicht schreiben: der Datenträger ist schreibgeschützt.")
    case ENOENT, ENOTDIR: Refusal(.notFound, "\(path) gibt es nicht.")
    case EISDIR: Refusal(.unprocessable, "\(path) ist ein Ordner, gemeint ist eine Datei.")
    case EEXIST: Refusal(.conflict, "\(path) gibt es schon.")
    default: Refusal(.unprocessable, "\(path): \(String(cString: strerror(code))).")
    }
}

/// A fault of the backup itself.
func beschaedigt(_ detail: String) -> Refusal {
    Refusal(.unprocessable, "Die Sicherung ist beschädigt oder abgeschnitten: \(detail). Es wurde nichts eingespielt.")
}

/// Writes all bytes.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws {
    var written = 0
    while written < bytes.count {
        let count = write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { throw systemfehler(path) }
        written += count
    }
}

/// Up to `count` bytes, fewer only at the end.
func readFull(_ descriptor: Int32, _ count: Int, path: String) throws -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
        while used < count {
            let got = read(descriptor, buffer.baseAddress?.advanced(by: used), count - used)
            if got < 0, errno == EINTR { continue }
            if got < 0 { failure = errno }
            if got <= 0 { break }
            used += got
        }
    }
    guard failure == 0 else { throw systemfehler(path, failure) }
    return bytes
}

/// Makes the names in a folder survive a loss of power.
func syncFolder(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemfehler(path) }
    defer { close(descriptor) }
    // Some network file systems cannot flush a folder and say EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw systemfehler(path) }
}

func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
