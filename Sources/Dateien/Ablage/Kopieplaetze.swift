import Formats
import Synchronization

/// Counts the copies of content that lie on our disk while they are sent on.
final class Kopieplaetze: Sendable {
    private let frei: Mutex<Int>

    init(_ count: Int) { frei = Mutex(count) }

    /// Held until it is let go; nil when all are taken.
    func nimm() -> Platz? {
        let isFree = frei.withLock { left in
            guard left > 0 else { return false }
            left -= 1
            return true
        }
        return isFree ? Platz(self) : nil
    }

    final class Platz: Sendable {
        private let plaetze: Kopieplaetze

        fileprivate init(_ plaetze: Kopieplaetze) { self.plaetze = plaetze }

        deinit { plaetze.frei.withLock { $0 += 1 } }
    }
}

/// A fetched copy that keeps its place as long as anybody reads it.
struct Kopie: Bytezugriff {
    private let datei: any Bytezugriff
    private let platz: Kopieplaetze.Platz

    init(_ datei: any Bytezugriff, _ platz: Kopieplaetze.Platz) { (self.datei, self.platz) = (datei, platz) }

    var byteCount: Int { datei.byteCount }

    func read(at offset: Int, count: Int) throws(FormatError) -> [UInt8] {
        try datei.read(at: offset, count: count)
    }
}
