import Kernel
import Storage
import TestKit

@testable import Codelisten

/// A code list as a test wants it, written as genericode.
struct Codelistenblatt {
    var kennung = "urn:beispiel:farbe"
    var version = "1"
    var kurzname = "farbe"
    var name = "Beispiel: Farbe"
    var gueltigAb: String? = "2025-01-01"
    var gueltigBis: String?
    var zeilen: [[String?]] = [["r", "Rot", "1"], ["g", "Grün", nil], ["b/l", "Blau & Hellblau", "3"]]
    /// What stands instead of the rows.
    var roh: String?
    var schluessel = ["code"]

    static let namensraum = "http://docs.oasis-open.org/codelist/ns/genericode/1.0/"

    var text: String {
        let spalten = ["code", "name", "rang"]
        let rows = zeilen.map { werte in
            "<Row>"
                + zip(spalten, werte).compactMap { spalte, wert in
                    wert.map { "<Value ColumnRef=\"\(spalte)\"><SimpleValue>\(maskiert($0))</SimpleValue></Value>" }
                }.joined() + "</Row>"
        }.joined(separator: "\n")
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <gc:CodeList xmlns:gc="\(Self.namensraum)" xmlns:x="http://xoev.de/schemata/genericode/4">
            <Annotation><Description><x:shortName>Farbe</x:shortName>
            <x:codelistDescription>Beispieldatensatz.</x:codelistDescription>
            \(gueltigAb.map { "<x:validFrom>\($0)</x:validFrom>" } ?? "")\(gueltigBis.map { "<x:validTo>\($0)</x:validTo>" } ?? "")
            </Description></Annotation>
            <Identification><ShortName>\(kurzname)</ShortName><LongName>\(maskiert(name))</LongName>
            <Version>\(version)</Version><CanonicalUri>\(kennung)</CanonicalUri>
            <CanonicalVersionUri>\(kennung)_\(version)</CanonicalVersionUri>
            <Agency><LongName>Beispielamt</LongName></Agency></Identification>
            <ColumnSet><Column Id="code" Use="required"><ShortName>code</ShortName><Data Type="string"/></Column>
            <Column Id="name" Use="required"><ShortName>name</ShortName><LongName>Name der Farbe</LongName><Data Type="string" Lang="de"/></Column>
            <Column Id="rang" Use="optional"><ShortName>rang</ShortName><Data Type="integer"/></Column>
            <Key Id="k"><ShortName>k</ShortName>\(schluessel.map { "<ColumnRef Ref=\"\($0)\"/>" }.joined())</Key></ColumnSet>
            <SimpleCodeList>
            \(roh ?? rows)
            </SimpleCodeList>
            </gc:CodeList>
            """
    }

    var quelle: Codelistenquelle { .bytes(Array(text.utf8), name: "farbe_\(version).xml") }

    private func maskiert(_ text: String) -> String { text.replacing("&", with: "&amp;").replacing("<", with: "&lt;") }
}

extension Database {
    @discardableResult
    func lade(
        _ quellen: [Codelistenquelle], ersetzen: Bool = false, probe: Bool = false, ueberspringen: Bool = false
    ) async throws -> Importbericht {
        try await CodelistenImport.run(
            quellen, ersetzen: ersetzen,
            Importauftrag(probe: probe, fehlerhafteUeberspringen: ueberspringen, urheber: .betrieb(Welt.jetzt)),
            in: self)
    }

    @discardableResult
    func lade(
        _ blaetter: Codelistenblatt..., ersetzen: Bool = false, probe: Bool = false, ueberspringen: Bool = false
    ) async throws -> Importbericht {
        try await lade(blaetter.map(\.quelle), ersetzen: ersetzen, probe: probe, ueberspringen: ueberspringen)
    }

    /// Everything that is stored, as text, to compare before and after.
    func inhalt() async throws -> [String] {
        try await read { db in
            try ["codeliste", "codeliste_fassung", "codeliste_spalte", "codeliste_eintrag", "datenstand", "verlauf"]
                .flatMap { table in
                    try db.rows(SQL(stringLiteral: "SELECT * FROM \(table)")).map { "\(table) \($0.text)" }.sorted()
                }
        }
    }

    func zahl(_ sql: SQL) async throws -> Int { try await read { db in try db.value(sql) ?? 0 } }
}

extension Row {
    fileprivate var text: String {
        values.map { value in
            switch value {
            case .text(let text): text
            case .integer(let number): "\(number)"
            default: "\(value)"
            }
        }.joined(separator: "|")
    }
}
