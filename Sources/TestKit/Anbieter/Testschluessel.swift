import Crypto
import CryptoExtras
import Foundation
import Web

/// Signs tokens without the library that the product reads them with.
struct Testschluessel: Sendable {
    enum Art: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case ec(P256.Signing.PrivateKey)
        case ed(Curve25519.Signing.PrivateKey)
    }

    let kid: String
    let art: Art

    /// Made once a run, by another program: an unoptimised build searches for primes for half a minute.
    static let rsa: Result<[Testschluessel], any Error> = Result {
        try ["rsa-1", "rsa-2", "rsa-fremd"].map { kid in
            let (process, out) = (Process(), Pipe())
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["openssl", "genrsa", "2048"]
            (process.standardOutput, process.standardError) = (out, FileHandle.nullDevice)
            try process.run()
            let pem = String(decoding: out.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return Testschluessel(kid: kid, art: .rsa(try _RSA.Signing.PrivateKey(pemRepresentation: pem)))
        }
    }
    static let ec = Testschluessel(kid: "ec-1", art: .ec(P256.Signing.PrivateKey()))
    static let ed = Testschluessel(kid: "ed-1", art: .ed(Curve25519.Signing.PrivateKey()))

    func signiere(_ text: String, verfahren: String) throws -> [UInt8] {
        let data = Data(text.utf8)
        return switch (art, verfahren) {
        case (.rsa(let key), "PS256"):
            Array(try key.signature(for: SHA256.hash(data: data), padding: .PSS).rawRepresentation)
        case (.rsa(let key), "RS512"):
            Array(try key.signature(for: SHA512.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation)
        case (.rsa(let key), _):
            Array(try key.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation)
        case (.ec(let key), _): Array(try key.signature(for: data).rawRepresentation)
        case (.ed(let key), _): Array(try key.signature(for: data))
        }
    }

    /// What everybody knows about an RSA key, as somebody would take it for a shared secret.
    var oeffentlicherText: String {
        if case .rsa(let key) = art { key.publicKey.pemRepresentation } else { "" }
    }

    func jwk() throws -> [String: String] {
        var felder = ["kid": kid, "use": "sig"]
        switch art {
        case .rsa(let key):
            let zahlen = try key.publicKey.getKeyPrimitives()
            felder["kty"] = "RSA"
            felder["n"] = Base64URL.encode(Array(zahlen.modulus))
            felder["e"] = Base64URL.encode(Array(zahlen.publicExponent))
        case .ec(let key):
            let punkt = Array(key.publicKey.rawRepresentation)
            felder["kty"] = "EC"
            felder["crv"] = "P-256"
            felder["x"] = Base64URL.encode(Array(punkt.prefix(32)))
            felder["y"] = Base64URL.encode(Array(punkt.suffix(32)))
        case .ed(let key):
            felder["kty"] = "OKP"
            felder["crv"] = "Ed25519"
            felder["alg"] = "EdDSA"
            felder["x"] = Base64URL.encode(Array(key.publicKey.rawRepresentation))
        }
        return felder
    }
}
