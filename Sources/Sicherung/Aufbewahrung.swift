import Foundation
import Glibc
package import Kernel

/// Which backups of a folder are kept: the newest of each of the last days, weeks and months that have one.
package struct Aufbewahrung: Sendable, Equatable {
    package let tage: Int
    package let wochen: Int
    package let monate: Int

    /// - Parameter text: three numbers, such as `14,8,12`; at least one day.
    package init?(_ text: String) {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap {
            Int($0.trimmingCharacters(in: .whitespaces))
        }
        guard numbers.count == 3, numbers.allSatisfy({ (0...10_000).contains($0) }), numbers[0] > 0,
            text.filter({ $0 == "," }).count == 2
        else { return nil }
        (tage, wochen, monate) = (numbers[0], numbers[1], numbers[2])
    }

    /// The name of a backup that a folder is named for: `leitstand-2026-11-22T031529Z.sicherung`.
    package static func name(am time: Instant) -> String {
        let iso = time.iso
        return "leitstand-\(iso.prefix(10))T\(iso.dropFirst(11).prefix(8).filter { $0 != ":" })Z.sicherung"
    }

    /// Those of `names` that may go. A file with another name is never among them.
    package func ueberzaehlig(_ names: [String]) -> [String] {
        let dated = names.compactMap { name in Aufbewahrung.tag(of: name).map { (name: name, tag: $0) } }
            .sorted { $0.name > $1.name }
        var kept: Set<String> = []
        func keep(_ count: Int, by period: (Tag) -> String) {
            var periods: [String] = []
            for (name, tag) in dated where periods.last != period(tag) {
                guard periods.count < count else { return }
                periods.append(period(tag))
                kept.insert(name)
            }
        }
        keep(tage) { $0.iso }
        keep(wochen) { Aufbewahrung.montag($0).iso }
        keep(monate) { String($0.iso.prefix(7)) }
        return dated.map(\.name).filter { !kept.contains($0) }
    }

    /// Removes what may go from a folder.
    package func raeumeAuf(_ folder: String) throws -> [String] {
        let gone = ueberzaehlig(try Ablage.names(in: folder))
        for name in gone {
            let path = folder + "/" + name
            guard unlink(path) == 0 || errno == ENOENT else { throw systemfehler(path) }
        }
        return gone
    }

    /// The day on which the week began; 3 January 2000 was a Monday.
    private static func montag(_ tag: Tag) -> Tag {
        guard let first = Tag(jahr: 2000, monat: 1, tag: 3) else { return tag }
        let rest = first.tage(bis: tag) % 7
        return tag.plus(tage: rest < 0 ? -rest - 7 : -rest)
    }

    private static func tag(of name: String) -> Tag? {
        guard name.hasPrefix("leitstand-"), name.hasSuffix("Z.sicherung"), name.utf8.count == 38 else { return nil }
        let text = name.dropFirst(10)
        guard text.dropFirst(10).first == "T", text.dropFirst(11).prefix(6).allSatisfy(\.isNumber) else { return nil }
        return Tag(iso: String(text.prefix(10)))
    }
}
