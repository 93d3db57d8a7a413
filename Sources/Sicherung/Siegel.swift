import Crypto
import Foundation
import Kernel

/// The encryption of a backup: AES-256-GCM in chunks of 64 KiB with a key of its own, which is wrapped for one RSA key.
///
/// The nonce of a chunk is a random start, the number of the chunk and a byte that is 1 for the last one only, and every
/// chunk authenticates the header. So a chunk that is missing, moved, from another file or added is noticed (the STREAM
/// construction).
struct Siegel {
    static let magic = Array("LEITSTAND-GCM-01".utf8)
    static let chunkSize = 65_536
    static let tagSize = 16
    private static let prefixSize = 7
    private static let fixedSize = 16 + 32 + 7 + 4 + 2

    /// What stands before the first chunk.
    let header: [UInt8]
    private let key: SymmetricKey
    private let prefix: [UInt8]
    private var counter: UInt32 = 0

    /// A new key for one backup.
    init(_ recipient: OeffentlicherSchluessel) throws {
        key = SymmetricKey(size: .bits256)
        prefix = (0..<Siegel.prefixSize).map { _ in UInt8.random(in: .min ... .max) }
        let wrapped = try recipient.encrypt(key.withUnsafeBytes { Array($0) })
        header =
            Siegel.magic + recipient.fingerabdruck + prefix + Siegel.bytes(UInt32(Siegel.chunkSize))
            + Siegel.bytes(UInt16(wrapped.count)) + wrapped
    }

    /// Reads the header; `read` gives the next bytes of the file, fewer only at its end. The magic is already read.
    init(_ secret: GeheimerSchluessel, read: (Int) throws -> [UInt8]) throws {
        let fixed = try Siegel.magic + read(Siegel.fixedSize - Siegel.magic.count)
        guard fixed.count == Siegel.fixedSize else { throw beschaedigt("der Kopf endet zu früh") }
        guard Array(fixed[16..<48]) == secret.fingerabdruck else {
            throw Refusal(
                .notAllowed,
                "Der geheime Schlüssel passt nicht: die Sicherung ist für den Schlüssel \(fixed[16..<24].hex)… verschlüsselt, angegeben ist \(secret.fingerabdruck.prefix(8).hex)…. Es wurde nichts eingespielt."
            )
        }
        prefix = Array(fixed[48..<55])
        let size = fixed[55..<59].reduce(0) { $0 << 8 | Int($1) }
        let length = fixed[59..<61].reduce(0) { $0 << 8 | Int($1) }
        let wrapped = try read(length)
        guard size == Siegel.chunkSize, wrapped.count == length,
            let opened = try? secret.decrypt(wrapped), opened.count == 32
        else { throw beschaedigt("der Kopf ist verändert") }
        key = SymmetricKey(data: opened)
        header = fixed + wrapped
    }

    mutating func seal(_ chunk: some DataProtocol, isLast: Bool) throws -> [UInt8] {
        let box = try AES.GCM.seal(chunk, using: key, nonce: next(isLast), authenticating: header)
        return Array(box.ciphertext) + Array(box.tag)
    }

    mutating func open(_ chunk: [UInt8], isLast: Bool) throws -> [UInt8] {
        guard chunk.count >= Siegel.tagSize else { throw beschaedigt("das Ende fehlt") }
        let number = counter
        do {
            let box = try AES.GCM.SealedBox(
                nonce: next(isLast), ciphertext: chunk.dropLast(Siegel.tagSize), tag: chunk.suffix(Siegel.tagSize))
            return Array(try AES.GCM.open(box, using: key, authenticating: header))
        } catch is CryptoKitError {
            throw beschaedigt("Abschnitt \(number + 1) ist nicht, wie er geschrieben wurde")
        }
    }

    private mutating func next(_ isLast: Bool) throws -> AES.GCM.Nonce {
        let bytes = prefix + Siegel.bytes(counter) + [isLast ? 1 : 0]
        let (sum, overflow) = counter.addingReportingOverflow(1)
        guard !overflow else { throw Refusal(.tooLarge, "Eine Sicherung kann höchstens 256 TiB groß sein.") }
        counter = sum
        return try AES.GCM.Nonce(data: bytes)
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}
