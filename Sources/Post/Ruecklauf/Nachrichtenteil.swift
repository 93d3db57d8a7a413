import Foundation

/// A mail or a part of one, as far as a report about delivery needs it: head lines and what follows.
///
/// Whatever somebody sends is read within bounds; what makes no sense is left out.
struct Nachrichtenteil {
    /// Names in small letters.
    private(set) var kopf: [(name: String, wert: String)] = []
    let rumpf: [ArraySlice<UInt8>]

    private static let zeilen = 400
    private static let zeilenlaenge = 4_000

    /// - Parameter lines: without their ends.
    init(_ lines: ArraySlice<ArraySlice<UInt8>>) {
        var end = lines.startIndex
        while end < lines.endIndex, !lines[end].isEmpty, end - lines.startIndex < Nachrichtenteil.zeilen {
            let line = lines[end].prefix(Nachrichtenteil.zeilenlaenge)
            end += 1
            if line.first == 32 || line.first == 9 {
                // A line that goes on; a head does not begin with one.
                guard let last = kopf.indices.last, kopf[last].wert.utf8.count < 10_000 else { continue }
                kopf[last].wert += " " + String(decoding: line, as: UTF8.self).trimmed
            } else if let colon = line.firstIndex(of: 58) {
                let name = String(decoding: line[..<colon], as: UTF8.self).trimmed.lowercased()
                kopf.append((name, String(decoding: line[line.index(after: colon)...], as: UTF8.self).trimmed))
            }
        }
        rumpf = Array(lines[min(end + 1, lines.endIndex)...])
    }

    subscript(_ name: String) -> String? { kopf.first { $0.name == name }?.wert }

    /// `multipart/report`, without what follows it.
    var art: String { (self["content-type"] ?? "text/plain").prefix { $0 != ";" }.trimmed.lowercased() }

    /// What separates the parts.
    private var grenze: [UInt8]? {
        guard let type = self["content-type"],
            let start = type.range(of: "boundary=", options: .caseInsensitive)
        else { return nil }
        let rest = type[start.upperBound...]
        let value = rest.first == "\"" ? rest.dropFirst().prefix { $0 != "\"" } : rest.prefix { $0 != ";" && $0 != " " }
        return (1...200).contains(value.utf8.count) ? Array(value.utf8) : nil
    }

    /// At most twenty parts.
    var teile: [Nachrichtenteil] {
        guard art.hasPrefix("multipart/"), let grenze else { return [] }
        let mark = [45, 45] + grenze
        var found: [Nachrichtenteil] = []
        var start: Int?
        for (index, line) in rumpf.enumerated() where line.starts(with: mark) {
            if let start, found.count < 20 { found.append(Nachrichtenteil(rumpf[start..<index])) }
            start = index + 1
            if line.dropFirst(mark.count).starts(with: [45, 45]) {
                start = nil
                break
            }
        }
        // A report that was cut off still says something.
        if let start, start < rumpf.count, found.count < 20 { found.append(Nachrichtenteil(rumpf[start...])) }
        return found
    }

    /// The blocks of lines of a report, each like a head.
    var bloecke: [Nachrichtenteil] {
        rumpf.split(whereSeparator: \.isEmpty).prefix(100).map { Nachrichtenteil($0) }
    }
}
