import Crypto
import Glibc
import Kernel

/// A backup file as it is read: decrypted, and checked to its last byte.
final class Eingabe {
    private static let zstd: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    private let path: String
    private let descriptor: Int32
    private var seal: Siegel?
    private var sum = SHA256()
    /// Bytes read from the file and not yet used; with encryption the next chunk, which may be the last.
    private var ahead: [UInt8] = []
    /// The end of what was read: it may be the trailer.
    private var held: [UInt8] = []
    private var isAtEnd = false
    let istVerschluesselt: Bool

    /// - Parameter path: `-` is standard input.
    /// - Throws: `Refusal` for a file that is not a backup, or whose key is missing or another one.
    init(_ path: String, secret: GeheimerSchluessel?) throws {
        self.path = path == "-" ? "Die Standardeingabe" : path
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemfehler(path) }
        do {
            let start = try readFull(descriptor, Siegel.magic.count, path: self.path)
            if start == Siegel.magic {
                guard let secret else {
                    throw Refusal(
                        .notAllowed,
                        "\(self.path) ist verschlüsselt. Nennen Sie den geheimen Schlüssel: --geheimschluessel DATEI")
                }
                let (descriptor, path) = (descriptor, self.path)
                seal = try Siegel(secret) { try readFull(descriptor, $0, path: path) }
                istVerschluesselt = true
                ahead = try chunk()
            } else {
                guard start.starts(with: Eingabe.zstd) else {
                    throw Refusal(.unprocessable, "\(self.path) ist keine Sicherung von Leitstand.")
                }
                istVerschluesselt = false
                ahead = start
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// The next bytes of the archive; `nil` at its end, when everything before has been proven unchanged.
    func next() throws -> [UInt8]? {
        while !isAtEnd {
            let block = try payload()
            if block.isEmpty {
                try requireTrailer()
                isAtEnd = true
                return nil
            }
            held += block
            guard held.count > Ausgabe.trailerSize else { continue }
            let ready = Array(held.dropLast(Ausgabe.trailerSize))
            held.removeFirst(ready.count)
            sum.update(data: ready)
            return ready
        }
        return nil
    }

    /// Reads to the end, so that nothing is left unproven.
    func drain() throws { while try next() != nil {} }

    private func chunk() throws -> [UInt8] {
        try readFull(descriptor, Siegel.chunkSize + (istVerschluesselt ? Siegel.tagSize : 0), path: path)
    }

    private func payload() throws -> [UInt8] {
        guard istVerschluesselt else {
            defer { ahead = [] }
            return try ahead.isEmpty ? chunk() : ahead
        }
        guard !ahead.isEmpty || held.isEmpty else { return [] }
        let (current, following) = (ahead, try chunk())
        ahead = following
        guard var seal else { return [] }
        defer { self.seal = seal }
        return try seal.open(current, isLast: following.isEmpty)
    }

    private func requireTrailer() throws {
        let expected = Ausgabe.trailerHead + Array(sum.finalize())
        guard held == expected else { throw beschaedigt("die Prüfsumme über die ganze Datei stimmt nicht") }
    }
}
