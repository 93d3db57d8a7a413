import Glibc

/// The bytes of a file or an array, read in blocks from the front.
final class ByteSource {
    let byteCount: Int
    /// Memory of this object alone, freed with it.
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    private let descriptor: Int32?
    private let array: [UInt8]
    private let zugriff: (any Bytezugriff)?
    private var position = 0

    init(array: [UInt8]) {
        descriptor = nil
        zugriff = nil
        self.array = array
        byteCount = array.count
    }

    init(_ zugriff: any Bytezugriff) {
        descriptor = nil
        array = []
        self.zugriff = zugriff
        byteCount = zugriff.byteCount
    }

    init(path: String, name: String) throws(FormatError) {
        // Without O_NONBLOCK opening a named pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.refusal(errno, name) }
        var status = stat()
        let failure: FormatError? =
            if fstat(descriptor, &status) != 0 {
                Self.refusal(errno, name)
            } else if status.st_mode & S_IFMT == S_IFDIR {
                FormatError(reason: "„\(name)“ ist ein Ordner. Bitte eine Datei angeben.", fatal: true)
            } else if status.st_mode & S_IFMT != S_IFREG {
                FormatError(reason: "„\(name)“ ist keine gewöhnliche Datei. Bitte eine Datei angeben.", fatal: true)
            } else {
                nil
            }
        if let failure {
            close(descriptor)
            throw failure
        }
        self.descriptor = descriptor
        zugriff = nil
        array = []
        byteCount = Int(status.st_size)
    }

    deinit {
        block.deallocate()
        if let descriptor { close(descriptor) }
    }

    func restart(at position: Int) { self.position = position }

    /// The next block, valid until the next call; empty at the end.
    func next() throws(FormatError) -> UnsafeRawBufferPointer {
        let count = try fill()
        position += count
        return UnsafeRawBufferPointer(rebasing: block[..<count])
    }

    private func fill() throws(FormatError) -> Int {
        if let zugriff {
            let bytes = try zugriff.read(at: position, count: block.count)
            block.copyBytes(from: bytes)
            return bytes.count
        }
        guard let descriptor else {
            let count = min(block.count, array.count - position)
            array.withUnsafeBytes { bytes in
                block.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
            }
            return count
        }
        while true {
            let count = pread(descriptor, block.baseAddress, block.count, position)
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw FormatError(
                    reason: "Die Datei lässt sich nicht zu Ende lesen (\(Self.text(errno))).", fatal: true)
            }
        }
    }

    private static func refusal(_ code: Int32, _ name: String) -> FormatError {
        let reason =
            switch code {
            case ENOENT, ENOTDIR: "Die Datei „\(name)“ gibt es nicht. Bitte den Namen prüfen."
            case EACCES, EPERM: "Die Datei „\(name)“ darf nicht gelesen werden. Bitte die Leserechte prüfen."
            default: "Die Datei „\(name)“ lässt sich nicht öffnen (\(text(code)))."
            }
        return FormatError(reason: reason, fatal: true)
    }

    private static func text(_ code: Int32) -> String { "Fehler \(code) des Betriebssystems" }
}
