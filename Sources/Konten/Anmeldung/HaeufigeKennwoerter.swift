import Foundation

/// Passwords that everybody tries first, held as one number each.
package struct HaeufigeKennwoerter: Sendable {
    /// More than any such list that is useful; a wrong file must not fill the memory.
    private static let bytes = 4 * 1024 * 1024

    private let merkmale: [UInt64]

    package var anzahl: Int { merkmale.count }

    package init(_ woerter: some Sequence<some StringProtocol>) {
        merkmale = Set(woerter.lazy.filter { !$0.isEmpty }.map { Self.merkmal($0.lowercased()) }).sorted()
    }

    /// One password a line; nil when there is no such file or it is too large.
    package init?(datei: String) {
        let manager = FileManager.default
        // No attributes means no file.
        guard let size = try? manager.attributesOfItem(atPath: datei)[.size] as? Int, size <= Self.bytes,
            let data = manager.contents(atPath: datei)
        else { return nil }
        self.init(String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline))
    }

    func enthaelt(_ wort: String) -> Bool {
        let wanted = Self.merkmal(wort.lowercased())
        var (low, high) = (0, merkmale.count)
        while low < high {
            let middle = (low + high) / 2
            if merkmale[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low < merkmale.count && merkmale[low] == wanted
    }

    /// FNV-1a: a wrong match would only refuse one more password.
    private static func merkmal(_ wort: String) -> UInt64 {
        wort.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
