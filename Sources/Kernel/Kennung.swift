import Synchronization

/// Makes identifiers: 16 characters whose text order is the order in which they were made.
package enum Kennung {
    /// 48 bits of milliseconds and 32 bits that start at random, as lower-case base 32 without i, l, o and u.
    ///
    /// Strictly increasing within the process, even within a millisecond and when the clock steps back.
    package static func neu(_ now: Instant = .jetzt()) -> String {
        let milliseconds = UInt64(min(max(now.rawValue, 0), (1 << 48) - 1))
        let (time, number) = latest.withLock { state -> (UInt64, UInt32) in
            if milliseconds > state.time {
                state = (milliseconds, .random(in: .min ... .max))
            } else if state.number < .max {
                state.number += 1
            } else {
                state = (state.time + 1, .random(in: .min ... .max))
            }
            return (state.time, state.number)
        }
        return text(time << 32 | UInt64(number), high: time >> 32)
    }

    /// Whether the text has the form of an identifier; says nothing about whether anything bears it.
    package static func istKennung(_ s: String) -> Bool {
        s.utf8.count == 16 && s.utf8.allSatisfy { alphabet.contains($0) }
    }

    private static let latest = Mutex<(time: UInt64, number: UInt32)>((0, 0))
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// The lowest 80 bits of `high` and `low` together, five to a character.
    private static func text(_ low: UInt64, high: UInt64) -> String {
        let bits = UInt128(high) << 64 | UInt128(low)
        return String(unsafeUninitializedCapacity: 16) { buffer in
            for index in 0..<16 {
                buffer[index] = alphabet[Int(truncatingIfNeeded: bits >> UInt128(75 - 5 * index)) & 31]
            }
            return 16
        }
    }
}

/// Makes texts that nobody can guess, for sessions, links and keys.
package enum Geheimnis {
    /// So many bytes from the system's random source, as base64url without padding.
    package static func neu(bytes: Int) -> String {
        precondition(bytes > 0, "a secret has at least one byte")
        var generator = SystemRandomNumberGenerator()
        var result: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for _ in 0..<bytes {
            bits = bits << 8 | UInt32(UInt8.random(in: .min ... .max, using: &generator))
            count += 8
            while count >= 6 {
                count -= 6
                result.append(alphabet[Int(bits >> UInt32(count)) & 63])
            }
        }
        if count > 0 { result.append(alphabet[Int(bits << UInt32(6 - count)) & 63]) }
        return String(decoding: result, as: UTF8.self)
    }

    /// Compares without telling by time how far two secrets agree; nothing is equal to an empty one.
    package static func gleich(_ a: String, _ b: String) -> Bool { gleich(Array(a.utf8), Array(b.utf8)) }

    package static func gleich(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count, !b.isEmpty else { return false }
        return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
