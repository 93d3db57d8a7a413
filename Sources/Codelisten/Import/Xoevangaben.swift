import Formats
import Kernel

/// What a code list says about itself in the words of the XÖV-Codelistenhandbuch, whose versions name things
/// differently, and which columns are its code and its name.
struct Xoevangaben: Sendable, Equatable {
    let name: String
    let kurzname: String
    let herausgeber: String?
    let beschreibung: String?
    let hinweis: String?
    let aenderung: String?
    let gueltigAb: Tag?
    let gueltigBis: Tag?
    /// Positions of the columns that make up the code.
    let code: [Int]
    let namensspalte: Int?
    /// Sentences about what was given and not understood.
    let hinweise: [String]

    init(_ genericode: Genericode) throws(FormatError) {
        func note(_ names: String...) -> String? {
            for name in names {
                let found = genericode.notes.first { $0.name.lowercased() == name && !$0.text.isEmpty }
                if let found { return found.text }
            }
            return nil
        }
        var hinweise: [String] = []
        func tag(_ what: String, _ text: String?) -> Tag? {
            guard let text else { return nil }
            if let tag = Tag(getippt: String(text.prefix(10))) { return tag }
            hinweise.append("\(what) „\(text.prefix(40))“ ist kein Tag und bleibt unbeachtet.")
            return nil
        }
        kurzname = note("namekurz", "shortname") ?? genericode.shortName
        name = genericode.longName ?? kurzname
        herausgeber =
            genericode.agencyLongName ?? genericode.agencyShortName ?? note("herausgebernamekurz", "agencyshortname")
        beschreibung = note("beschreibung-codeliste", "codelistdescription", "beschreibung")
        hinweis = note("beschreibung-versioncodeliste", "versiondescription")
        aenderung = note("aenderungzurvorversion", "changes")
        gueltigAb = tag("Gültig ab", note("datumgueltigkeitab", "validfrom", "gueltigab"))
        gueltigBis = tag("Gültig bis", note("datumgueltigkeitbis", "validto", "validuntil", "gueltigbis"))
        if let gueltigAb, let gueltigBis, gueltigBis < gueltigAb {
            throw FormatError(
                line: genericode.line, field: "gültig bis",
                reason: "Die Fassung soll gelten bis \(gueltigBis.deutsch), aber erst ab \(gueltigAb.deutsch).",
                fatal: true)
        }
        self.hinweise = hinweise
        let codeMarks: Set = ["xoev-code", "empfohleneCodeSpalte", "recommendedKeyColumn"]
        let key = genericode.keys.first { !codeMarks.isDisjoint(with: $0.marks) } ?? genericode.keys.first
        code = key?.columns ?? []
        let marked = genericode.keys.first { $0.marks.contains("xoev-codename") && $0.columns.count == 1 }
        namensspalte = marked?.columns.first ?? Self.namensspalte(genericode, ohne: code)
    }

    /// Words by which publishers call the column with the name, best first.
    private static let woerter = [
        "codename", "name", "bezeichnung", "titel", "label", "wert", "beschreibung", "description", "text",
    ]

    /// The standard marks the column of the code only. The name is a required column called so, else the first
    /// required one, else an optional one called so, else the first.
    private static func namensspalte(_ genericode: Genericode, ohne code: [Int]) -> Int? {
        let others = genericode.columns.indices.filter { !code.contains($0) }
        let required = others.filter { genericode.columns[$0].isRequired }
        func called(_ positions: [Int]) -> Int? {
            for wort in woerter {
                let found = positions.first { position in
                    Faltung.suche(genericode.columns[position].id).split(separator: " ").contains { $0 == wort }
                }
                if let found { return found }
            }
            return nil
        }
        return called(required) ?? required.first ?? called(others) ?? others.first
    }
}
