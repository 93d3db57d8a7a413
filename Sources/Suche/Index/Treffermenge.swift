import Storage

/// A set of things of one kind by their places in the index: one bit each, so that joining sets costs next to nothing.
struct Treffermenge: Sendable, Equatable {
    private(set) var worte: [UInt64]
    let umfang: Int

    init(umfang: Int) {
        self.umfang = umfang
        worte = [UInt64](repeating: 0, count: (umfang + 63) / 64)
    }

    var istLeer: Bool { worte.allSatisfy { $0 == 0 } }
    var anzahl: Int { worte.reduce(0) { $0 + $1.nonzeroBitCount } }

    mutating func fuegeEin(_ place: Int) { worte[place >> 6] |= 1 << UInt64(place & 63) }

    func enthaelt(_ place: Int) -> Bool { worte[place >> 6] & (1 << UInt64(place & 63)) != 0 }

    mutating func vereinige(_ other: Treffermenge) {
        for index in worte.indices { worte[index] |= other.worte[index] }
    }

    mutating func schneide(_ other: Treffermenge) {
        for index in worte.indices { worte[index] &= other.worte[index] }
    }

    mutating func entferne(_ other: Treffermenge) {
        for index in worte.indices { worte[index] &= ~other.worte[index] }
    }

    /// The places in ascending order until `body` says false.
    @inline(__always)
    func durchlaufe(_ body: (Int) -> Bool) {
        for (index, word) in worte.enumerated() {
            var rest = word
            while rest != 0 {
                guard body(index << 6 | rest.trailingZeroBitCount) else { return }
                rest &= rest - 1
            }
        }
    }
}

/// How a list of places is stored: gaps between them, or one bit for each place where that is shorter.
enum Wortliste {
    private static let abstaende: UInt8 = 0
    private static let bits: UInt8 = 1

    /// - Parameter places: ascending, each once, below `umfang`.
    static func gepackt(_ places: [Int32], umfang: Int) -> [UInt8] {
        var bytes: [UInt8] = [abstaende]
        bytes.reserveCapacity(places.count + 8)
        var last = -1
        for place in places {
            zahl(UInt64(Int(place) - last - 1), an: &bytes)
            last = Int(place)
        }
        guard bytes.count > (umfang + 7) / 8 + 1 else { return bytes }
        var plain = [UInt8](repeating: 0, count: (umfang + 7) / 8 + 1)
        plain[0] = bits
        for place in places { plain[1 + (Int(place) >> 3)] |= 1 << UInt8(place & 7) }
        return plain
    }

    /// Adds the places of a stored list.
    ///
    /// - Throws: `StorageError.decoding` for bytes that are no list of this size.
    static func entpacke(_ bytes: [UInt8], in set: inout Treffermenge) throws {
        switch bytes.first {
        case abstaende:
            var position = 1
            var next = 0
            while position < bytes.count {
                guard let gap = zahl(bytes, &position), gap < UInt64(set.umfang - next) else { throw falsch }
                next += Int(gap)
                set.fuegeEin(next)
                next += 1
            }
        case bits:
            guard bytes.count == (set.umfang + 7) / 8 + 1 else { throw falsch }
            for (index, byte) in bytes.dropFirst().enumerated() where byte != 0 {
                set.fuegeEin(byte: byte, an: index)
            }
        default: throw falsch
        }
    }

    private static var falsch: StorageError { .decoding(column: "liste", found: "no list of places") }

    /// Row numbers, ascending, by their gaps.
    static func gepackt(nummern: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        var last: Int64 = 0
        for number in nummern {
            zahl(UInt64(number - last), an: &bytes)
            last = number
        }
        return bytes
    }

    static func nummern(_ bytes: [UInt8]) throws -> [Int64] {
        var numbers: [Int64] = []
        var position = 0
        var last: Int64 = 0
        while position < bytes.count {
            guard let gap = zahl(bytes, &position), gap <= UInt64(Int64.max - last) else { throw falsch }
            last += Int64(gap)
            numbers.append(last)
        }
        return numbers
    }

    /// Seven bits a byte, the lowest first.
    @inline(__always)
    static func zahl(_ value: UInt64, an bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    @inline(__always)
    static func zahl(_ bytes: [UInt8], _ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.count, shift < 63 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}

extension Treffermenge {
    /// Eight places at once; those beyond the end stay out.
    fileprivate mutating func fuegeEin(byte: UInt8, an index: Int) {
        var byte = byte
        if (index + 1) * 8 > umfang { byte &= UInt8(truncatingIfNeeded: (1 << (umfang - index * 8)) - 1) }
        worte[index >> 3] |= UInt64(byte) << UInt64((index & 7) * 8)
    }
}
