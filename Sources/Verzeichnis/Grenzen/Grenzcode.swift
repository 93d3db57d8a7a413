import Storage

/// Numbers as bytes, seven bits each: small ones, and most are small here, need one byte.
struct Zahlenschreiber {
    private(set) var bytes: [UInt8] = []

    mutating func schreibe(_ number: UInt) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// 0, -1, 1, -2, … become 0, 1, 2, 3, …
    static func ohneVorzeichen(_ number: Int) -> UInt { UInt(bitPattern: number << 1 ^ number >> 63) }
}

/// Reads what `Zahlenschreiber` wrote.
struct Zahlenleser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var istAmEnde: Bool { position == bytes.count }

    /// - Throws: `StorageError.decoding` for bytes that no writer of ours made.
    mutating func lies() throws -> UInt {
        var (number, shift): (UInt, UInt) = (0, 0)
        while position < bytes.count, shift < 63 {
            let byte = bytes[position]
            position += 1
            number |= UInt(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return number }
            shift += 7
        }
        throw StorageError.decoding(column: "grenze", found: "broken numbers")
    }

    mutating func anzahl() throws -> Int {
        let number = try lies()
        // Each counted thing takes a byte at least.
        guard number <= bytes.count else { throw StorageError.decoding(column: "grenze", found: "broken numbers") }
        return Int(number)
    }

    static func mitVorzeichen(_ number: UInt) -> Int { Int(bitPattern: number >> 1) ^ -Int(bitPattern: number & 1) }
}

/// Lines and shapes as the database keeps them.
enum Grenzcode {
    /// Each point as its way from the last one, together with the coarsest level that shows it.
    static func linie(_ punkte: [Gitterpunkt], _ stufen: [UInt8]) -> Blob {
        var writer = Zahlenschreiber()
        var last = Gitterpunkt(0, 0)
        for (point, stufe) in zip(punkte, stufen) where stufe > 0 {
            writer.schreibe(Zahlenschreiber.ohneVorzeichen(point.x - last.x) << 2 | UInt(stufe))
            writer.schreibe(Zahlenschreiber.ohneVorzeichen(point.y - last.y))
            last = point
        }
        return Blob(writer.bytes)
    }

    /// The points of a line on one level.
    static func punkte(_ blob: Blob, stufe: Int) throws -> [Gitterpunkt] {
        var reader = Zahlenleser(blob.bytes)
        var points: [Gitterpunkt] = []
        var last = Gitterpunkt(0, 0)
        while !reader.istAmEnde {
            let first = try reader.lies()
            let second = try reader.lies()
            last = Gitterpunkt(
                last.x &+ Zahlenleser.mitVorzeichen(first >> 2), last.y &+ Zahlenleser.mitVorzeichen(second))
            if Int(first & 3) >= stufe { points.append(last) }
        }
        return points
    }

    static func flaechen(_ flaechen: [[Grenzring]]) -> Blob {
        var writer = Zahlenschreiber()
        writer.schreibe(UInt(flaechen.count))
        for rings in flaechen {
            writer.schreibe(UInt(rings.count))
            for ring in rings {
                writer.schreibe(UInt(ring.stufe))
                writer.schreibe(UInt(ring.linien.count))
                for line in ring.linien { writer.schreibe(Zahlenschreiber.ohneVorzeichen(line)) }
            }
        }
        return Blob(writer.bytes)
    }

    /// The areas of a place that a level shows.
    static func flaechen(_ blob: Blob, stufe: Int) throws -> [[Grenzring]] {
        var reader = Zahlenleser(blob.bytes)
        return try (0..<reader.anzahl()).map { _ in
            try (0..<reader.anzahl()).map { _ in
                let level = Int(try reader.lies())
                let lines = try (0..<reader.anzahl()).map { _ in Zahlenleser.mitVorzeichen(try reader.lies()) }
                return Grenzring(linien: lines, stufe: level)
            }.filter { $0.stufe >= stufe }
        }.filter { !$0.isEmpty }
    }
}
