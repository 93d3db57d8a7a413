package import Formats
package import Kernel
package import Storage
package import Web

/// One published version of a Codeliste; once published it does not change.
package struct Codelistenfassung: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package let id: ID
    /// Kennung of its Codeliste.
    package let codeliste: String
    package let version: String
    /// CanonicalVersionUri.
    package let kennung: String
    package let name: String
    package let beschreibung: String?
    package let herausgeber: String?
    /// What its publisher says about this version alone.
    package let hinweis: String?
    package let aenderung: String?
    package let gueltigAb: Tag?
    package let gueltigBis: Tag?
    /// Id of the column whose value is the code; several where the key has several.
    package let codespalte: String
    package let namensspalte: String?
    package let anzahl: Int
    package let istNeueste: Bool
    package let geladenAm: Instant
    package var spalten: [Codelistenspalte] = []
}

/// A column of a Fassung.
package struct Codelistenspalte: Sendable, Equatable {
    package let id: String
    package let name: String
    /// As its publisher names it, e.g. `string` or `date`.
    package let datentyp: String
    package let sprache: String?
    package let istPflicht: Bool
    package let istSchluessel: Bool
}

extension Codelistenfassung {
    /// The one in force on that day, out of all Fassungen of a Codeliste in the order of their versions.
    ///
    /// A later beginning supersedes; a Fassung that names none begins with the version before it.
    package static func gueltig(am tag: Tag, unter fassungen: [Codelistenfassung]) -> Codelistenfassung? {
        var beginn: Tag?
        var best: (fassung: Codelistenfassung, beginn: Tag?)?
        for fassung in fassungen {
            beginn = fassung.gueltigAb ?? beginn
            if let beginn, beginn > tag { continue }
            if let last = best?.beginn, let beginn, beginn < last { continue }
            best = (fassung, beginn)
        }
        guard let found = best?.fassung else { return nil }
        if let end = found.gueltigBis, end < tag { return nil }
        return found
    }

    /// A text whose order is that of versions as people count them: `2.4` before `2.10`.
    static func sortversion(_ version: String) -> String {
        var result = ""
        var digits = ""
        for character in version {
            if character.isASCII, character.isNumber {
                digits.append(character)
            } else {
                result += padded(digits) + String(character)
                digits = ""
            }
        }
        return result + padded(digits)
    }

    private static func padded(_ digits: String) -> String {
        guard !digits.isEmpty else { return "" }
        let plain = digits.drop { $0 == "0" }
        return String(repeating: "0", count: max(0, 12 - plain.utf8.count)) + plain
    }
}

extension Codelistenfassung: RowDecodable {
    static let columns: SQL = """
        id, codeliste, version, kennung, name, beschreibung, herausgeber, hinweis, aenderung, gueltig_ab, gueltig_bis,
        codespalte, namensspalte, anzahl, neueste, geladen_am
        """

    package init(row: Row) throws {
        id = try row["id"]
        codeliste = try row["codeliste"]
        version = try row["version"]
        kennung = try row["kennung"]
        name = try row["name"]
        beschreibung = try row["beschreibung"]
        herausgeber = try row["herausgeber"]
        hinweis = try row["hinweis"]
        aenderung = try row["aenderung"]
        gueltigAb = try row["gueltig_ab"]
        gueltigBis = try row["gueltig_bis"]
        codespalte = try row["codespalte"]
        namensspalte = try row["namensspalte"]
        anzahl = try row["anzahl"]
        istNeueste = try row["neueste"]
        geladenAm = try row["geladen_am"]
    }
}

extension Codelistenspalte: RowDecodable {
    package init(row: Row) throws {
        id = try row["spalte"]
        name = try row["name"]
        datentyp = try row["datentyp"]
        sprache = try row["sprache"]
        istPflicht = try row["pflicht"]
        istSchluessel = try row["schluessel"]
    }
}

extension Codelistenfassung: JSONValue {
    package static let schema = APISchema(
        "Codelistenfassung",
        [
            .init("version", .text), .init("kennung", .text, "CanonicalVersionUri"),
            .init("gueltigAb", .text, leerbar: true), .init("gueltigBis", .text, leerbar: true),
            .init("hinweis", .text, leerbar: true), .init("aenderung", .text, leerbar: true),
            .init("codespalte", .text), .init("namensspalte", .text, leerbar: true), .init("anzahl", .zahl),
            .init("geladenAm", .text), .init("spalten", .feld(.verweis("Codelistenspalte"))),
        ])

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("version", version)
            json.field("kennung", kennung)
            json.field("gueltigAb", gueltigAb?.iso)
            json.field("gueltigBis", gueltigBis?.iso)
            json.field("hinweis", hinweis)
            json.field("aenderung", aenderung)
            json.field("codespalte", codespalte)
            json.field("namensspalte", namensspalte)
            json.field("anzahl", anzahl)
            json.field("geladenAm", geladenAm.iso)
            json.field("spalten", array: { json in for spalte in spalten { spalte.write(to: &json) } })
        }
    }
}

extension Codelistenspalte: JSONValue {
    package static let schema = APISchema(
        "Codelistenspalte",
        [
            .init("id", .text), .init("name", .text), .init("datentyp", .text), .init("sprache", .text, leerbar: true),
            .init("pflicht", .wahrheit), .init("schluessel", .wahrheit),
        ])

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("name", name)
            json.field("datentyp", datentyp)
            json.field("sprache", sprache)
            json.field("pflicht", istPflicht)
            json.field("schluessel", istSchluessel)
        }
    }
}
