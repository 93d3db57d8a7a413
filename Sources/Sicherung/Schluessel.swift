import Crypto
import CryptoExtras
import Foundation
import Kernel

/// The public half of the key that a backup is encrypted for.
package struct OeffentlicherSchluessel: Sendable {
    private let pem: String
    /// SHA-256 of the key in DER form; names the key without revealing anything.
    let fingerabdruck: [UInt8]

    /// - Throws: `Refusal` for a file that is not a public RSA key of at least 3072 bits.
    package init(datei: String) throws {
        let pem = try schluesseltext(datei)
        guard !pem.contains("PRIVATE KEY") else {
            throw Refusal(
                .unprocessable,
                "\(datei) ist ein geheimer Schlüssel. Zum Sichern gehört nur der öffentliche auf diesen Rechner.")
        }
        guard let key = try? _RSA.Encryption.PublicKey(pemRepresentation: pem) else {
            throw Refusal(.unprocessable, "\(datei) ist kein öffentlicher RSA-Schlüssel in PEM-Form.")
        }
        try requireLength(key.keySizeInBits, datei)
        self.pem = pem
        fingerabdruck = Array(SHA256.hash(data: key.derRepresentation))
    }

    func encrypt(_ bytes: [UInt8]) throws -> [UInt8] {
        try Array(_RSA.Encryption.PublicKey(pemRepresentation: pem).encrypt(bytes, padding: .PKCS1_OAEP_SHA256))
    }
}

/// The secret half; needed to read an encrypted backup and nowhere else.
package struct GeheimerSchluessel: Sendable {
    private let pem: String
    let fingerabdruck: [UInt8]

    /// - Throws: `Refusal` for a file that is not a secret RSA key of at least 3072 bits.
    package init(datei: String) throws {
        let pem = try schluesseltext(datei)
        guard !pem.contains("ENCRYPTED") else {
            throw Refusal(
                .unprocessable,
                "\(datei) ist mit einem Passwort geschützt. Entsperren Sie ihn für die Dauer: openssl pkey -in \(datei) -out offen.pem"
            )
        }
        guard let key = try? _RSA.Encryption.PrivateKey(pemRepresentation: pem) else {
            throw Refusal(.unprocessable, "\(datei) ist kein geheimer RSA-Schlüssel in PEM-Form.")
        }
        try requireLength(key.keySizeInBits, datei)
        self.pem = pem
        fingerabdruck = Array(SHA256.hash(data: key.publicKey.derRepresentation))
    }

    func decrypt(_ bytes: [UInt8]) throws -> [UInt8] {
        try Array(_RSA.Encryption.PrivateKey(pemRepresentation: pem).decrypt(bytes, padding: .PKCS1_OAEP_SHA256))
    }
}

private func schluesseltext(_ path: String) throws -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemfehler(path) }
    defer { close(descriptor) }
    return String(decoding: try readFull(descriptor, 100_000, path: path), as: UTF8.self)
}

private func requireLength(_ bits: Int, _ path: String) throws {
    guard bits >= 3072 else {
        throw Refusal(.unprocessable, "\(path): Der Schlüssel hat \(bits) Bit, nötig sind mindestens 3072.")
    }
}
