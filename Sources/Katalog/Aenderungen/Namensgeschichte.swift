import Kernel
import Storage
import Web

/// The names that an entry of the catalogue bore before, and what became of it.
struct Namensgeschichte: Sendable, Equatable {
    struct Name: Sendable, Equatable {
        let name: String
        let von: Int
        var bis: Int
    }

    /// Former names, the latest first; one name for as long as it held without a break.
    let frueher: [Name]
    /// Katalogstand since which the present name holds, where there was another.
    let seit: Int?
    let entfallenMit: Int?
    /// New entries of the same bundle with nearly the same name, for one that is gone.
    var vielleicht: [Verweis] = []
    private let staende: [Datenstand]

    /// `fassungen` are all of the entry, oldest first; `beginn` is the Stand since which it stands in the catalogue.
    init(name: String, fassungen: [Name], beginn: Int?, entfallenMit: Int?, staende: [Datenstand]) {
        var names: [Name] = []
        for fassung in fassungen {
            if let last = names.last, last.name == fassung.name, last.bis + 1 == fassung.von {
                names[names.count - 1].bis = fassung.bis
            } else {
                names.append(fassung)
            }
        }
        frueher = names.filter { $0.name != name }.reversed()
        let last = names.last
        // After a break it began anew, else with the Stand after the last Fassung of another name.
        let present = last.flatMap { $0.name == name ? $0.von : nil }
        let after = last.flatMap { $0.name == name ? nil : $0.bis + 1 }
        let start = present ?? [after, beginn].compactMap { $0 }.max()
        seit = frueher.isEmpty ? nil : start
        self.entfallenMit = entfallenMit
        self.staende = staende
    }

    /// Values of the templates `katalog/namen` and `katalog/entfallen`.
    func child(named: String) -> Any? {
        switch named {
        case "fruehereNamen":
            frueher.map { one in
                Werte([("name", one.name), ("zeitraum", zeitraum(one))])
            }
        case "heisstSoSeit": entfallenMit == nil ? seit.map { staende.bezeichnung($0) } : nil
        case "entfallen": entfallenMit.map { staende.bezeichnung($0) }
        case "damals":
            entfallenMit.flatMap { nummer in
                nummer < 2
                    ? nil
                    : Adresse(
                        "/katalog/aenderungen", [("von", "\(nummer - 1)"), ("bis", "\(nummer)")]
                    ).text
            }
        case "vielleicht":
            vielleicht.enumerated().map { index, one in
                Werte([("name", one.name), ("pfad", one.pfad), ("oder", index > 0)])
            }
        default: nil
        }
    }

    private func zeitraum(_ one: Name) -> String {
        one.von == one.bis
            ? staende.bezeichnung(one.von) : "\(staende.bezeichnung(one.von)) bis \(staende.bezeichnung(one.bis))"
    }
}

extension Namensgeschichte {
    init(_ leistung: Leistung, in db: any SQLConnection) throws {
        let fassungen = try db.rows(
            "SELECT name, von, bis FROM leistung_fassung WHERE leistung = \(leistung.id) AND NOT vorlaeufig ORDER BY bis"
        ).map { try Name(name: $0["name"], von: $0["von"], bis: $0["bis"]) }
        self.init(
            name: leistung.name, fassungen: fassungen,
            beginn: try db.value("SELECT stand_von FROM leistung WHERE id = \(leistung.id)"),
            entfallenMit: leistung.entfallenMit, staende: try DatenstandStore.all(.katalog, in: db))
        vielleicht = try Namensgeschichte.aehnliche(zu: leistung, in: db)
    }

    init(_ ozg: OZGLeistung, in db: any SQLConnection) throws {
        let fassungen = try db.rows("SELECT name, von, bis FROM ozg_fassung WHERE ozg_id = \(ozg.ozgID) ORDER BY bis")
            .map { try Name(name: $0["name"], von: $0["von"], bis: $0["bis"]) }
        self.init(
            name: ozg.name, fassungen: fassungen,
            beginn: try db.value("SELECT stand_von FROM ozg_leistung WHERE ozg_id = \(ozg.ozgID)"),
            entfallenMit: ozg.entfallenMit, staende: try DatenstandStore.all(.katalog, in: db))
    }

    /// Leistungen that came into the same OZG-Leistung when this one went, or later, and are called nearly the same.
    ///
    /// A Leistung without a key gets another id with another name, so this is often the same one; nobody knows for sure.
    private static func aehnliche(zu leistung: Leistung, in db: any SQLConnection) throws -> [Verweis] {
        guard let gone = leistung.entfallenMit, let ozgID = leistung.ozgID else { return [] }
        let new = try db.all(
            """
            SELECT \(Leistung.columns) FROM \(Leistung.quelle)
            WHERE leistung.ozg_id = \(ozgID) AND leistung.stand_von >= \(gone) AND leistung.stand_bis IS NULL
              AND NOT leistung.vorlaeufig
            ORDER BY leistung.sortname, leistung.id
            """, as: Leistung.self)
        return new.map { ($0, Namensgeschichte.aehnlichkeit(leistung.name, $0.name)) }.filter { $0.1 >= 0.7 }
            .sorted { $0.1 > $1.1 }.prefix(3).map { Verweis($0.0.name, $0.0.pfad) }
    }

    /// Share of the pairs of letters that two names have in common (Dice), from 0 to 1.
    static func aehnlichkeit(_ a: String, _ b: String) -> Double {
        func paare(_ text: String) -> [String: Int] {
            let letters = Array(" \(Faltung.suche(text)) ")
            var count: [String: Int] = [:]
            for (x, y) in zip(letters, letters.dropFirst()) { count["\(x)\(y)", default: 0] += 1 }
            return count
        }
        let (x, y) = (paare(a), paare(b))
        let common = x.reduce(0) { $0 + min($1.value, y[$1.key] ?? 0) }
        return 2 * Double(common) / Double(x.values.reduce(0, +) + y.values.reduce(0, +))
    }
}

extension Suchmuster {
    /// Leistungen that a search finds by a name of an earlier Katalogstand.
    var frueherLeistung: SQL {
        """
        leistung.id IN (SELECT f.leistung FROM leistung_fassung_sicht f
                        WHERE \(bedingung(suchname: "f.suchname", sortname: "f.sortname")))
        """
    }

    /// OZG-Leistungen that a search finds by a name of an earlier Katalogstand.
    var frueherOZG: SQL {
        """
        ozg_leistung.ozg_id IN (SELECT f.ozg_id FROM ozg_fassung_sicht f
                                WHERE \(bedingung(suchname: "f.suchname", sortname: "f.sortname")))
        """
    }

    /// Why a search found these: the former name, by id, where the present one does not say it.
    func frueher(_ leistungen: [Leistung], in db: any SQLConnection) throws -> [Leistung.ID: String] {
        var found: [Leistung.ID: String] = [:]
        try db.forEach(
            """
            SELECT f.leistung, f.name FROM leistung_fassung_sicht f JOIN leistung ON leistung.id = f.leistung
            WHERE f.leistung IN (\(leistungen.map(\.id)))
              AND \(bedingung(suchname: "f.suchname", sortname: "f.sortname"))
              AND NOT (\(bedingung(suchname: "leistung.suchname", sortname: "leistung.sortname"))) ORDER BY f.bis
            """
        ) { row in found[try row["leistung"]] = try row["name"] }
        return found
    }

    func frueher(_ leistungen: [OZGLeistung], in db: any SQLConnection) throws -> [String: String] {
        var found: [String: String] = [:]
        try db.forEach(
            """
            SELECT f.ozg_id, f.name FROM ozg_fassung_sicht f JOIN ozg_leistung ON ozg_leistung.ozg_id = f.ozg_id
            WHERE f.ozg_id IN (\(leistungen.map(\.ozgID)))
              AND \(bedingung(suchname: "f.suchname", sortname: "f.sortname"))
              AND NOT (\(bedingung(suchname: "ozg_leistung.suchname", sortname: "ozg_leistung.sortname"))) ORDER BY f.bis
            """
        ) { row in found[try row["ozg_id"]] = try row["name"] }
        return found
    }
}
