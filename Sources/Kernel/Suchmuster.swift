package import Storage

/// A plain search: every typed word must stand in the folded name, umlauts in any spelling.
package struct Suchmuster: Sendable, Equatable {
    /// Words with ä as ae, and the same words with ä as a.
    let woerter: [(suche: String, sort: String)]
    package let ganz: String

    /// At most this many words count; more narrow nothing a person would notice.
    static let hoechstens = 8

    package init(_ typed: String) {
        let short = String(typed.prefix(200))
        let suche = Faltung.suche(short).split(separator: " ").prefix(Suchmuster.hoechstens).map(String.init)
        let sort = Faltung.sort(short).split(separator: " ").prefix(Suchmuster.hoechstens).map(String.init)
        woerter = suche.count == sort.count ? Array(zip(suche, sort)) : suche.map { ($0, $0) }
        ganz = suche.joined(separator: " ")
    }

    /// Nothing was typed that could be searched for.
    package var istLeer: Bool { woerter.isEmpty }

    /// True where no word is missing. Folded words hold letters, digits and nothing that LIKE could read as a pattern.
    package func bedingung(suchname: SQL, sortname: SQL) -> SQL {
        guard !istLeer else { return "1 = 0" }
        return woerter.map { wort in
            "(\(suchname) LIKE \("%" + wort.suche + "%") OR \(sortname) LIKE \("%" + wort.sort + "%"))" as SQL
        }.joined(separator: " AND ")
    }

    /// 0 for the very name, 1 for a beginning, 2 for the beginning of a later word, 3 for the rest.
    package func rang(suchname: SQL) -> SQL {
        """
        CASE WHEN \(suchname) = \(ganz) THEN 0 WHEN \(suchname) LIKE \(ganz + "%") THEN 1
             WHEN \(suchname) LIKE \("% " + ganz + "%") THEN 2 ELSE 3 END
        """
    }

    package static func == (a: Suchmuster, b: Suchmuster) -> Bool {
        a.ganz == b.ganz && a.woerter.map(\.sort) == b.woerter.map(\.sort)
    }
}
