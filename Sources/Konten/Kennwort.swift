import Crypto
import CryptoExtras
import Kernel
import Web

/// A password as it is stored: scrypt (RFC 7914) with its parameters, so that they can grow later.
package struct Kennwort: Sendable, Equatable {
    /// `scrypt$N$r$p$salt$hash`, salt and hash in base64url.
    package let gespeichert: String

    package init(gespeichert: String) { self.gespeichert = gespeichert }

    /// Cost of one derivation: rounds N, block size r, parallelism p.
    package struct Aufwand: Sendable, Equatable {
        let n: Int
        let r: Int
        let p: Int

        /// 2^15 rounds: about 0.1 s and 32 MB on the machines a municipality runs.
        package static let ueblich = Aufwand(n: 1 << 15, r: 8, p: 1)
        /// For tests, where the cost proves nothing.
        package static let gering = Aufwand(n: 1 << 4, r: 8, p: 1)

        /// What a derivation takes, to compare two of them.
        var arbeit: Int { n * r * p }
    }

    /// Derives a new hash with fresh salt. Blocks for the time of the cost: call it off the request threads.
    package static func neu(_ klartext: String, _ aufwand: Aufwand) throws -> Kennwort {
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        let hash = try derive(klartext, salt: salt, aufwand)
        return Kennwort(
            gespeichert:
                "scrypt$\(aufwand.n)$\(aufwand.r)$\(aufwand.p)$\(Base64URL.encode(salt))$\(Base64URL.encode(hash))")
    }

    private typealias Teile = (aufwand: Aufwand, salt: [UInt8], hash: [UInt8])

    /// Nil for a line that cannot be read, as an account has that nobody has given a password yet.
    private var teile: Teile? {
        let parts = gespeichert.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let n = Int(parts[1]), let r = Int(parts[2]),
            let p = Int(parts[3]),
            (2...(1 << 20)).contains(n), (1...64).contains(r), (1...16).contains(p),
            let salt = Base64URL.decode(String(parts[4])), let expected = Base64URL.decode(String(parts[5]))
        else { return nil }
        return (Aufwand(n: n, r: r, p: p), salt, expected)
    }

    /// The cost it was derived with; nil when there is no password that could match.
    var aufwand: Aufwand? { teile?.aufwand }

    /// Whether this is the password; takes as long for a wrong one as for the right one.
    package func passt(_ klartext: String) -> Bool {
        guard let (aufwand, salt, expected) = teile,
            // A stored line that cannot be read matches nothing; the person resets the password.
            let hash = try? Kennwort.derive(klartext, salt: salt, aufwand)
        else { return false }
        return Geheimnis.gleich(hash, expected)
    }

    private static func derive(_ klartext: String, salt: [UInt8], _ aufwand: Aufwand) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Array(klartext.utf8), salt: salt, outputByteCount: 32, rounds: aufwand.n, blockSize: aufwand.r,
            parallelism: aufwand.p, maxMemory: 256 * 1024 * 1024)
        return key.withUnsafeBytes { Array($0) }
    }

    /// A password that a person can copy from a terminal: 5 groups of 4 letters and digits, about 100 bits.
    package static func vorschlag() -> String {
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        var random = SystemRandomNumberGenerator()
        return (0..<5).map { _ in
            String((0..<4).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
        }.joined(separator: "-")
    }
}
