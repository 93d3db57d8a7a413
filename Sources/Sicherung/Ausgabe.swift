import Crypto
import Glibc
import Kernel

/// The file a backup is written to: under a name of its own until it is complete and safe on the disk.
final class Ausgabe {
    /// A zstd frame that every reader skips; its content is the SHA-256 over everything before it.
    static let trailerHead: [UInt8] = [0x5E, 0x2A, 0x4D, 0x18, 40, 0, 0, 0] + Array("LEITSUM1".utf8)
    static let trailerSize = trailerHead.count + 32

    private let path: String
    private let partial: String?
    private let descriptor: Int32
    private let replaces: Bool
    private var sum = SHA256()
    private var seal: Siegel?
    private var buffer: [UInt8] = []
    private var isFinished = false
    /// The bytes written to the file so far.
    private(set) var size = 0

    /// - Parameter path: `-` is standard output.
    init(_ path: String, replaces: Bool, for recipient: OeffentlicherSchluessel?) throws {
        (self.path, self.replaces) = (path, replaces)
        if path == "-" {
            (partial, descriptor) = (nil, STDOUT_FILENO)
        } else {
            try Ausgabe.requireFree(path, replaces)
            let name = path + ".teil"
            (partial, descriptor) = (name, try Ausgabe.openLocked(name))
        }
        seal = try recipient.map(Siegel.init)
        buffer.reserveCapacity(Siegel.chunkSize * 2)
        if let seal { try put(seal.header) }
    }

    deinit {
        guard let partial else { return }
        if !isFinished { unlink(partial) }
        close(descriptor)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        sum.update(bufferPointer: bytes)
        try collect(bytes)
    }

    /// Ends the backup and puts it in its place at once.
    func finish() throws {
        let trailer = Ausgabe.trailerHead + Array(sum.finalize())
        try trailer.withUnsafeBytes { try collect($0) }
        let last = try seal?.seal(buffer, isLast: true) ?? buffer
        try put(last)
        guard let partial else { return }
        guard fsync(descriptor) == 0 else { throw systemfehler(partial) }
        try Ausgabe.requireFree(path, replaces)
        guard rename(partial, path) == 0 else { throw systemfehler(path) }
        isFinished = true
        try syncFolder(folder(of: path))
    }

    /// Keeps back the last chunk, because only the end of the file tells that it is the last.
    private func collect(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            if buffer.count == Siegel.chunkSize {
                let chunk = try seal?.seal(buffer, isLast: false) ?? buffer
                try put(chunk)
                buffer.removeAll(keepingCapacity: true)
            }
            let part = rest.prefix(Siegel.chunkSize - buffer.count)
            buffer.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
        }
    }

    private func put(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try writeAll($0, to: descriptor, path: partial ?? "Die Standardausgabe") }
        size += bytes.count
    }

    private static func requireFree(_ path: String, _ replaces: Bool) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR { throw systemfehler(path, EISDIR) }
        // A device or a link that stands there means something to somebody.
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal(.conflict, "\(path) gibt es schon, und es ist keine gewöhnliche Datei.")
        }
        guard replaces else {
            throw Refusal(.conflict, "\(path) gibt es schon. Mit --ersetzen wird sie durch die neue Sicherung ersetzt.")
        }
    }

    /// The lock keeps a second backup from writing into the same file.
    private static func openLocked(_ name: String) throws -> Int32 {
        for _ in 0..<10 {
            let descriptor = open(name, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard descriptor >= 0 else { throw systemfehler(name) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                throw Refusal(.conflict, "Eine andere Sicherung schreibt gerade \(name).")
            }
            var (mine, named) = (stat(), stat())
            // Who held the lock before may have given the file its final name in between.
            if fstat(descriptor, &mine) == 0, lstat(name, &named) == 0, mine.st_ino == named.st_ino {
                guard fchmod(descriptor, 0o600) == 0, ftruncate(descriptor, 0) == 0 else {
                    close(descriptor)
                    throw systemfehler(name)
                }
                return descriptor
            }
            close(descriptor)
        }
        throw Refusal(.conflict, "Eine andere Sicherung schreibt gerade \(name).")
    }
}
