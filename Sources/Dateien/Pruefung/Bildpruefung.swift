import Formats

/// Pictures from their first byte to their last: what hangs behind the end is no part of them.
enum Bildpruefung {
    static func png(_ file: any Bytezugriff) throws {
        let broken = Dateipruefung.beschaedigt(.png)
        var offset = 8
        var isFirst = true
        while true {
            guard let head = try file.exakt(offset, 8) else { throw broken }
            let length = head.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            let name = String(decoding: head.suffix(4), as: UTF8.self)
            guard length <= 0x7FFF_FFFF, offset + 12 + length <= file.byteCount, (name == "IHDR") == isFirst else {
                throw broken
            }
            isFirst = false
            offset += 12 + length
            if name == "IEND" { break }
        }
        guard offset == file.byteCount else { throw Dateipruefung.zweierlei }
    }

    static func gif(_ file: any Bytezugriff) throws {
        let broken = Dateipruefung.beschaedigt(.gif)
        guard let head = try file.exakt(0, 13) else { throw broken }
        var offset = 13 + tabelle(head[10])
        let blocks = Vorausleser(file)
        while true {
            switch try blocks.byte(offset) {
            case 0x3B:
                guard offset + 1 == file.byteCount else { throw Dateipruefung.zweierlei }
                return
            case 0x21: offset = try unterbloecke(blocks, offset + 2)
            case 0x2C:
                guard let flags = try blocks.byte(offset + 9) else { throw broken }
                offset = try unterbloecke(blocks, offset + 10 + tabelle(flags) + 1)
            default: throw broken
            }
        }
    }

    /// Bytes of the table of colours that these flags announce.
    private static func tabelle(_ flags: UInt8) -> Int { flags & 0x80 == 0 ? 0 : 3 << (Int(flags & 7) + 1) }

    private static func unterbloecke(_ blocks: Vorausleser, _ start: Int) throws -> Int {
        var offset = start
        while let length = try blocks.byte(offset) {
            offset += 1 + Int(length)
            if length == 0 { return offset }
        }
        throw Dateipruefung.beschaedigt(.gif)
    }

    static func webp(_ file: any Bytezugriff) throws {
        let broken = Dateipruefung.beschaedigt(.webp)
        guard let head = try file.exakt(0, 16) else { throw broken }
        let size = Int(head[4]) | Int(head[5]) << 8 | Int(head[6]) << 16 | Int(head[7]) << 24
        guard ["VP8 ", "VP8L", "VP8X"].contains(String(decoding: head.suffix(4), as: UTF8.self)) else { throw broken }
        guard size + 8 <= file.byteCount else { throw broken }
        guard size + 8 + size % 2 == file.byteCount else { throw Dateipruefung.zweierlei }
        var offset = 12
        while offset < size + 8 {
            guard let part = try file.exakt(offset, 8) else { throw broken }
            let length = Int(part[4]) | Int(part[5]) << 8 | Int(part[6]) << 16 | Int(part[7]) << 24
            offset += 8 + length + length % 2
            guard offset <= file.byteCount else { throw broken }
        }
    }
}

enum JPEGPruefung {
    /// Cameras put small pictures behind the large one; they are looked at like the first. Nothing else may follow.
    static func pruefe(_ file: any Bytezugriff) throws {
        let blocks = Vorausleser(file)
        var offset = 0
        var pictures = 0
        while offset < file.byteCount {
            guard try blocks.byte(offset) == 0xFF, try blocks.byte(offset + 1) == 0xD8, pictures < 100 else {
                if pictures > 0, try istLeer(file, ab: offset) { return }
                throw pictures == 0 ? Dateipruefung.beschaedigt(.jpeg) : Dateipruefung.zweierlei
            }
            offset = try bild(blocks, offset + 2)
            pictures += 1
        }
    }

    /// Where the picture ends that begins before `start`.
    private static func bild(_ blocks: Vorausleser, _ start: Int) throws -> Int {
        let broken = Dateipruefung.beschaedigt(.jpeg)
        var offset = start
        while true {
            guard try blocks.byte(offset) == 0xFF, let mark = try blocks.byte(offset + 1) else { throw broken }
            switch mark {
            case 0xFF: offset += 1
            case 0xD9: return offset + 2
            case 0x01, 0xD0...0xD7: offset += 2
            case 0x00, 0xD8: throw broken
            default:
                guard let high = try blocks.byte(offset + 2), let low = try blocks.byte(offset + 3) else {
                    throw broken
                }
                let length = Int(high) << 8 | Int(low)
                guard length >= 2 else { throw broken }
                offset += 2 + length
                if mark == 0xDA { offset = try daten(blocks, offset) }
            }
        }
    }

    /// Behind the coded pixels: the next mark that is not part of them.
    private static func daten(_ blocks: Vorausleser, _ start: Int) throws -> Int {
        var offset = start
        while let found = try blocks.suche(0xFF, ab: offset) {
            guard let next = try blocks.byte(found + 1) else { break }
            switch next {
            case 0x00, 0xD0...0xD7: offset = found + 2
            case 0xFF: offset = found + 1
            default: return found
            }
        }
        throw Dateipruefung.beschaedigt(.jpeg)
    }

    private static func istLeer(_ file: any Bytezugriff, ab start: Int) throws -> Bool {
        var isEmpty = true
        try file.stueckweise(ab: start) { part in
            isEmpty = part.allSatisfy { $0 == 0 || $0 == 10 || $0 == 13 || $0 == 32 }
            return isEmpty
        }
        return isEmpty
    }
}

/// Single bytes of a file, fetched a block at a time.
final class Vorausleser {
    private static let block = 65_536
    private let file: any Bytezugriff
    private var start = 0
    private var bytes: [UInt8] = []

    init(_ file: any Bytezugriff) { self.file = file }

    /// Nil at the end.
    func byte(_ offset: Int) throws -> UInt8? {
        if offset < start || offset >= start + bytes.count {
            bytes = try file.read(at: offset, count: Self.block)
            start = offset
        }
        return bytes.isEmpty ? nil : bytes[offset - start]
    }

    /// The first such byte from `offset` on.
    func suche(_ wanted: UInt8, ab offset: Int) throws -> Int? {
        var offset = offset
        while try byte(offset) != nil {
            if let found = bytes[(offset - start)...].firstIndex(of: wanted) { return start + found }
            offset = start + bytes.count
        }
        return nil
    }
}
