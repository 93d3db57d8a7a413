import Kernel
import Storage

/// What the directory knows already of the places that a list of changes may name.
struct Aenderungsbestand: Sendable {
    struct Ort: Sendable {
        let id: String
        let ars: String?
        let ags: String
        let amtlicherName: String
        let suchname: String
        let istGueltig: Bool
        /// Nothing but a list of changes told of it.
        var istNurAlsSchluesselBekannt: Bool { ars == nil }
    }

    struct Kante: Sendable, Equatable {
        var wirksamAm: Tag?
        var art: String?
        var amtlich: Bool
    }

    /// By AGS; where a valid and a closed place share one, the valid one.
    private(set) var orte: [String: Ort] = [:]
    /// Successions by the ids of the old and the new place.
    private(set) var kanten: [String: [String: Kante]] = [:]
    /// Folded former names by id.
    private(set) var frueher: [String: Set<String>] = [:]
    /// Kreise, Regierungsbezirke and Länder by ARS.
    private(set) var oben: [String: String] = [:]
    let gebietsstand: Tag?

    init(in db: any SQLConnection) throws {
        gebietsstand = try DatenstandStore.newest(.gemeindeverzeichnis, in: db)?.datum.flatMap(Tag.init(iso:))
        var orte: [String: Ort] = [:]
        try db.forEach(
            """
            SELECT id, ars, ags, amtlicher_name, suchname, gueltig_bis FROM gebiet
            WHERE ags IS NOT NULL ORDER BY id
            """
        ) { row in
            let ort = try Ort(
                id: row["id"], ars: row["ars"], ags: row["ags"], amtlicherName: row["amtlicher_name"],
                suchname: row["suchname"], istGueltig: (row["gueltig_bis"] as Tag?) == nil)
            if let other = orte[ort.ags], other.istGueltig || !ort.istGueltig { return }
            orte[ort.ags] = ort
        }
        self.orte = orte
        for row in try db.rows("SELECT gebiet, nachfolger, wirksam_am, art, quelle FROM gebiet_nachfolge") {
            kanten[try row["gebiet"], default: [:]][try row["nachfolger"]] = try Kante(
                wirksamAm: row["wirksam_am"], art: row["art"], amtlich: row["quelle"] as String == "gebietsaenderungen")
        }
        for row in try db.rows("SELECT gebiet, suchname FROM gebiet_frueher") {
            frueher[try row["gebiet"], default: []].insert(try row["suchname"])
        }
        for row in try db.rows("SELECT id, ars FROM gebiet WHERE art IN ('land', 'regierungsbezirk', 'kreis')") {
            if let ars: String = try row["ars"] { oben[ars] = try row["id"] }
        }
    }
}
