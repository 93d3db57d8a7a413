/// What a ZIP archive says of itself: its entries, without unpacking any.
///
/// Read strictly: what two programs could understand in two ways is no archive here.
package struct Zipverzeichnis: Sendable {
    package struct Eintrag: Sendable, Equatable {
        package let name: String
        package let verfahren: Int
        package let gepackt: Int
        package let entpackt: Int
        package let istVerschluesselt: Bool
        /// Where its content begins.
        package let inhalt: Int
        /// Neither a folder nor a file, e.g. a link.
        package let istBesonders: Bool

        package var istOrdner: Bool { name.hasSuffix("/") }
    }

    /// Why a file is no archive that can be trusted.
    package enum Mangel: String, Error, Sendable {
        case unvollstaendig = "das Archiv ist unvollständig oder beschädigt"
        case davor = "vor dem Archiv steht noch etwas anderes"
        case dahinter = "hinter dem Archiv steht noch etwas anderes"
        case zuViele = "das Archiv hat zu viele Einträge"
        case zip64 = "das Archiv ist in einer Form für sehr große Dateien (ZIP64) gespeichert"
        case widerspruch = "das Archiv widerspricht sich selbst"
        case doppelt = "zwei Einträge im Archiv heißen gleich"
        case name = "ein Name im Archiv ist nicht lesbar"
        case unwahr = "das Archiv ist beschädigt oder größer, als es von sich sagt"
    }

    package let eintraege: [Eintrag]

    private static let ende = [UInt8]("PK\u{5}\u{6}".utf8)
    private static let zentral = [UInt8]("PK\u{1}\u{2}".utf8)
    private static let lokal = [UInt8]("PK\u{3}\u{4}".utf8)

    /// - Parameter hoechstens: more entries than this are not read.
    /// - Throws: `Mangel`, or `FormatError` where the file itself cannot be read.
    package init(_ file: any Bytezugriff, hoechstens: Int) throws {
        let size = file.byteCount
        guard size >= 22, try file.exakt(0, 4) == Self.lokal || size == 22 else { throw Mangel.unvollstaendig }
        let tailStart = max(0, size - 22 - 65_535)
        let tail = try file.exakt(tailStart, size - tailStart) ?? []
        let places = Self.stellen(Self.ende, in: tail)
        // The last record counts, and its remark must reach to the end of the file.
        guard let place = places.last, place + 22 <= tail.count else { throw Mangel.unvollstaendig }
        let record = Array(tail[place..<(place + 22)])
        guard place + 22 + Self.u16(record, 20) == tail.count else { throw Mangel.dahinter }
        let end = tailStart + place
        let count = Self.u16(record, 10)
        let (length, start) = (Self.u32(record, 12), Self.u32(record, 16))
        guard count != 0xFFFF, length != 0xFFFF_FFFF, start != 0xFFFF_FFFF else { throw Mangel.zip64 }
        guard Self.u16(record, 4) == 0, Self.u16(record, 6) == 0, Self.u16(record, 8) == count else {
            throw Mangel.widerspruch
        }
        guard count <= hoechstens, length <= 8 << 20 else { throw Mangel.zuViele }
        guard start + length == end else { throw start + length < end ? Mangel.davor : Mangel.unvollstaendig }
        guard let directory = try file.exakt(start, length) else { throw Mangel.unvollstaendig }
        var entries: [Eintrag] = []
        var ranges: [Range<Int>] = []
        var names: Set<String> = []
        var offset = 0
        for _ in 0..<count {
            let (entry, range, next) = try Self.eintrag(directory, offset, file, before: start)
            // Of two entries with one name, one program takes the first and another the last.
            guard names.insert(entry.name).inserted else { throw Mangel.doppelt }
            entries.append(entry)
            ranges.append(range)
            offset = next
        }
        guard offset == length else { throw Mangel.widerspruch }
        try Self.lueckenlos(ranges, bis: start)
        eintraege = entries
    }

    /// Entries that lie over each other unpack to many times what they take: a known bomb. What no entry names hides.
    private static func lueckenlos(_ ranges: [Range<Int>], bis end: Int) throws {
        var position = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            guard range.lowerBound >= position else { throw Mangel.widerspruch }
            // A description behind the content (with its mark 16, for large ones 24 bytes) belongs to the entry before.
            guard range.lowerBound - position <= (position == 0 ? 0 : 24) else { throw Mangel.davor }
            position = range.upperBound
        }
        guard end - position <= (ranges.isEmpty ? 0 : 24) else { throw Mangel.davor }
    }

    private static func eintrag(
        _ d: [UInt8], _ at: Int, _ file: any Bytezugriff, before limit: Int
    ) throws -> (Eintrag, Range<Int>, next: Int) {
        guard at + 46 <= d.count, Array(d[at..<(at + 4)]) == zentral else { throw Mangel.unvollstaendig }
        let flags = u16(d, at + 8)
        let (packed, unpacked, start) = (u32(d, at + 20), u32(d, at + 24), u32(d, at + 42))
        let (nameLength, extra, remark) = (u16(d, at + 28), u16(d, at + 30), u16(d, at + 32))
        let next = at + 46 + nameLength + extra + remark
        guard next <= d.count else { throw Mangel.unvollstaendig }
        guard packed != 0xFFFF_FFFF, unpacked != 0xFFFF_FFFF, start != 0xFFFF_FFFF else { throw Mangel.zip64 }
        let rawName = Array(d[(at + 46)..<(at + 46 + nameLength)])
        guard let head = try file.exakt(start, 30), Array(head.prefix(4)) == lokal else { throw Mangel.widerspruch }
        let content = start + 30 + u16(head, 26) + u16(head, 28)
        // A name that differs at its two places means two things to two programs.
        guard u16(head, 26) == nameLength, try file.exakt(start + 30, nameLength) == rawName,
            u16(head, 8) == u16(d, at + 10), content + packed <= limit
        else { throw Mangel.widerspruch }
        let localExtra = try file.exakt(start + 30 + nameLength, u16(head, 28)) ?? []
        guard !nenntAnders(Array(d[(at + 46 + nameLength)..<(at + 46 + nameLength + extra)]), rawName),
            !nenntAnders(localExtra, rawName)
        else { throw Mangel.widerspruch }
        let isDescribedBehind = flags & 8 != 0
        if !isDescribedBehind {
            let (localPacked, localUnpacked) = (u32(head, 18), u32(head, 22))
            // Some programs leave room for larger sizes there and nowhere else.
            guard localPacked == 0xFFFF_FFFF || (localPacked == packed && localUnpacked == unpacked) else {
                throw Mangel.widerspruch
            }
        }
        if u16(d, at + 10) == 0, packed != unpacked, flags & 1 == 0 { throw Mangel.widerspruch }
        guard !rawName.isEmpty, !rawName.contains(0) else { throw Mangel.name }
        // Old programs write other encodings: what counts here are slashes, dots and endings, and those are the same.
        let name = String(validating: rawName, as: UTF8.self) ?? String(decoding: rawName, as: UTF8.self)
        let madeOnUnix = u16(d, at + 4) >> 8 == 3
        let mode = u32(d, at + 38) >> 16 & 0o170000
        let isSpecial = madeOnUnix && mode != 0 && mode != 0o100000 && mode != 0o040000
        return (
            Eintrag(
                name: name, verfahren: u16(d, at + 10), gepackt: packed, entpackt: unpacked,
                istVerschluesselt: flags & 0x41 != 0, inhalt: content, istBesonders: isSpecial),
            start..<(content + packed), next
        )
    }

    /// Whether a second name in UTF-8 (Info-ZIP's field 0x7075) says something else than the first.
    private static func nenntAnders(_ extra: [UInt8], _ name: [UInt8]) -> Bool {
        var at = 0
        while at + 4 <= extra.count {
            let end = at + 4 + u16(extra, at + 2)
            guard end <= extra.count else { return false }
            // A version and a checksum stand before the name.
            if u16(extra, at) == 0x7075, end < at + 9 || Array(extra[(at + 9)..<end]) != name { return true }
            at = end
        }
        return false
    }

    /// Whether an archive hangs at the end of a file of another kind, where ZIP programs look for it.
    package static func haengtAn(_ file: any Bytezugriff) throws(FormatError) -> Bool {
        let size = file.byteCount
        let start = max(0, size - 22 - 65_535 - 4_096)
        let tail = try file.read(at: start, count: size - start)
        for place in stellen(ende, in: tail) where place + 22 <= tail.count {
            let (length, from) = (u32(tail, place + 12), u32(tail, place + 16))
            // Programs take the distance from the record, whatever stands before the archive.
            let directory = start + place - length
            if u16(tail, place + 10) == 0 && length == 0 && from == 0 { return true }
            if length >= 46, directory >= 0, try file.exakt(directory, 4) == zentral { return true }
        }
        return false
    }

    private static func stellen(_ mark: [UInt8], in bytes: [UInt8]) -> [Int] {
        guard bytes.count >= mark.count else { return [] }
        return (0...(bytes.count - mark.count)).filter { at in
            bytes[at] == mark[0] && bytes[at + 1] == mark[1] && bytes[at + 2] == mark[2] && bytes[at + 3] == mark[3]
        }
    }

    private static func u16(_ b: [UInt8], _ at: Int) -> Int { Int(b[at]) | Int(b[at + 1]) << 8 }

    private static func u32(_ b: [UInt8], _ at: Int) -> Int { u16(b, at) | u16(b, at + 2) << 16 }
}
