import Formats
import Glibc

/// An open file that is only read; it stays readable when its name goes.
final class Lesedatei: Bytezugriff {
    private let descriptor: Int32
    let byteCount: Int

    /// Takes the descriptor over.
    init?(_ descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            return nil
        }
        (self.descriptor, byteCount) = (descriptor, Int(status.st_size))
    }

    deinit { close(descriptor) }

    func read(at offset: Int, count: Int) throws(FormatError) -> [UInt8] {
        var got = -1
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            repeat { got = pread(descriptor, buffer.baseAddress, count, off_t(offset)) } while got < 0 && errno == EINTR
            used = max(0, got)
        }
        guard got >= 0 else { throw FormatError(reason: "Die Datei lässt sich nicht lesen.", fatal: true) }
        return bytes
    }
}
