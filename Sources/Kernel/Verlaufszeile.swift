import Crypto
package import Storage

/// A line of the Verlauf as it was written, with its seal where it has one.
package struct Verlaufszeile: Sendable, Equatable {
    package let id: String
    package let am: Instant
    package let person: Person.ID?
    /// A word of `Verlauf.Art`; a newer program may have written others.
    package let art: String
    package let gebiet: String?
    package let organisation: String?
    package let eintrag: String?
    package let leistung: String?
    package let dienst: String?
    package let datenstand: String?
    package let feld: String?
    package let von: String?
    package let nach: String?
    package var siegel: Verlaufssiegel?

    /// The chain it belongs to: that of its Organisation, or the one without a name.
    package var kette: String { organisation ?? "" }
}

extension Verlaufszeile: RowDecodable {
    static let columns: SQL = """
        verlauf.id, verlauf.am, verlauf.person, verlauf.art, verlauf.gebiet, verlauf.organisation, verlauf.eintrag,
        verlauf.leistung, verlauf.dienst, verlauf.datenstand, verlauf.feld, verlauf.von, verlauf.nach
        """

    package init(row: Row) throws {
        id = try row["id"]
        am = try row["am"]
        person = try row["person"]
        art = try row["art"]
        gebiet = try row["gebiet"]
        organisation = try row["organisation"]
        eintrag = try row["eintrag"]
        leistung = try row["leistung"]
        dienst = try row["dienst"]
        datenstand = try row["datenstand"]
        feld = try row["feld"]
        von = try row["von"]
        nach = try row["nach"]
    }
}

/// The place of a line in its chain, and what makes that place certain.
package struct Verlaufssiegel: Sendable, Equatable {
    package let kette: String
    /// From 1, without gaps.
    package let nummer: Int
    package let siegel: [UInt8]
    /// When the line was sealed; always after it was written.
    package let am: Instant

    package init(kette: String, nummer: Int, siegel: [UInt8], am: Instant) {
        (self.kette, self.nummer, self.siegel, self.am) = (kette, nummer, siegel, am)
    }

    static let columns: SQL = """
        verlauf_siegel.kette AS s_kette, verlauf_siegel.nummer AS s_nummer, verlauf_siegel.siegel AS s_siegel,
        verlauf_siegel.am AS s_am
        """

    init(row: Row) throws {
        let bytes: Blob = try row["s_siegel"]
        self.init(kette: try row["s_kette"], nummer: try row["s_nummer"], siegel: bytes.bytes, am: try row["s_am"])
    }

    /// What stands before the first line of every chain.
    package static let anfang = [UInt8](repeating: 0, count: 32)

    /// The seal of a line: SHA-256 over the seal before it and the line in its canonical form.
    package static func berechne(
        nach vorher: [UInt8], _ zeile: Verlaufszeile, kette: String, nummer: Int, am: Instant
    ) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: vorher)
        hash.update(data: kanonisch(zeile, kette: kette, nummer: nummer, am: am))
        return Array(hash.finalize())
    }

    /// The canonical form of a line: the word `leitstand-verlauf-1` and each field in its order, as the export gives
    /// it: the number of its bytes, a colon and the bytes, or a hyphen where there is none; a line end after each.
    static func kanonisch(_ zeile: Verlaufszeile, kette: String, nummer: Int, am: Instant) -> [UInt8] {
        var bytes = kopf
        bytes.reserveCapacity(400)
        func add(_ text: String?) {
            if let text {
                bytes += String(text.utf8.count).utf8
                bytes.append(UInt8(ascii: ":"))
                bytes += text.utf8
            } else {
                bytes.append(UInt8(ascii: "-"))
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        add(kette)
        add(String(nummer))
        add(am.iso)
        add(zeile.id)
        add(zeile.am.iso)
        add(zeile.person?.rawValue)
        for text in [
            zeile.art, zeile.gebiet, zeile.organisation, zeile.eintrag, zeile.leistung, zeile.dienst, zeile.datenstand,
            zeile.feld, zeile.von, zeile.nach,
        ] { add(text) }
        return bytes
    }

    private static let kopf = Array("leitstand-verlauf-1\n".utf8)
}
