package import Formats
import Kernel
package import Storage

/// The Verlauf as JSON lines: chain by chain in the order of its seals, then what has no seal yet.
///
/// Each line carries everything its seal was made of, so that another program can check the export.
package enum VerlaufExport {
    /// How far an export has come.
    package enum Stelle: Sendable {
        case anfang
        case siegel(kette: String, nummer: Int)
        case offen(nach: String)
    }

    private static let zeilen = 1_000

    /// The next piece and where it goes on; nil at the end.
    package static func stueck(
        ab stelle: Stelle, kette: String?, in db: any SQLConnection
    ) throws -> (bytes: [UInt8], weiter: Stelle?) {
        let found: [Verlaufszeile]
        let weiter: Stelle?
        if case .offen(let id) = stelle {
            found = try VerlaufStore.offene(nach: id, organisation: kette, limit: zeilen, in: db)
            weiter = found.count == zeilen ? found.last.map { .offen(nach: $0.id) } : nil
        } else {
            var nach: (kette: String, nummer: Int)?
            if case .siegel(let kette, let nummer) = stelle { nach = (kette, nummer) }
            found = try VerlaufStore.versiegelte(nach: nach, kette: kette, limit: zeilen, in: db)
            let siegel = found.last?.siegel
            weiter =
                found.count == zeilen
                ? siegel.map { .siegel(kette: $0.kette, nummer: $0.nummer) } : .offen(nach: "")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(found.count * 420)
        for zeile in found { bytes += line(zeile) }
        return (bytes, weiter)
    }

    /// Writes everything into the file, from one snapshot, and returns the number of lines.
    package static func schreibe(kette: String?, to file: TemporaryFile, in db: any SQLConnection) throws -> Int {
        var stelle: Stelle? = .anfang
        var count = 0
        while let here = stelle {
            let (bytes, weiter) = try stueck(ab: here, kette: kette, in: db)
            count += bytes.lazy.filter { $0 == UInt8(ascii: "\n") }.count
            try file.append(bytes)
            stelle = weiter
        }
        return count
    }

    private static func line(_ zeile: Verlaufszeile) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.object { json in
            json.field("kette", zeile.siegel?.kette ?? zeile.kette)
            json.field("nummer", zeile.siegel?.nummer)
            json.field("siegel", zeile.siegel.map { $0.siegel.hex })
            json.field("versiegeltAm", zeile.siegel?.am.iso)
            json.field("id", zeile.id)
            json.field("am", zeile.am.iso)
            json.field("person", zeile.person?.rawValue)
            json.field("art", zeile.art)
            json.field("gebiet", zeile.gebiet)
            json.field("organisation", zeile.organisation)
            json.field("eintrag", zeile.eintrag)
            json.field("leistung", zeile.leistung)
            json.field("dienst", zeile.dienst)
            json.field("datenstand", zeile.datenstand)
            json.field("feld", zeile.feld)
            json.field("von", zeile.von)
            json.field("nach", zeile.nach)
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
