package import Storage

/// Which lines of the Verlauf somebody wants to read.
package struct Verlaufsauswahl: Sendable, Equatable {
    package enum Wer: Sendable, Equatable {
        case person(Person.ID)
        /// Commands and services, without a person.
        case betrieb
    }

    package var organisation: String?
    package var wer: Wer?
    package var art: String?
    /// From this moment on.
    package var von: Instant?
    /// Before this moment.
    package var bis: Instant?
    package var eintrag: String?
    package var dienst: String?
    /// Leaves out what happened to an Umsetzungseintrag, though it names a service.
    package var ohneEintrag = false

    package init() {}

    var bedingung: SQL {
        var parts: [SQL] = []
        if let organisation { parts.append("verlauf.organisation = \(organisation)") }
        switch wer {
        case .person(let id)?: parts.append("verlauf.person = \(id)")
        case .betrieb?: parts.append("verlauf.person IS NULL")
        case nil: break
        }
        if let art { parts.append("verlauf.art = \(art)") }
        if let von { parts.append("verlauf.am >= \(von)") }
        if let bis { parts.append("verlauf.am < \(bis)") }
        if let eintrag { parts.append("verlauf.eintrag = \(eintrag)") }
        if let dienst { parts.append("verlauf.dienst = \(dienst)") }
        if ohneEintrag { parts.append("verlauf.eintrag IS NULL") }
        return parts.isEmpty ? "1 = 1" : parts.joined(separator: " AND ")
    }
}

extension VerlaufStore {
    /// Where a page of the Verlauf ends: the next one begins with what is older.
    package typealias Stelle = (am: Instant, id: String)

    /// Lines from the newest to the oldest, at most `limit`, those before `stelle`.
    package static func seite(
        _ auswahl: Verlaufsauswahl, vor stelle: Stelle? = nil, limit: Int, in db: any SQLConnection
    ) throws -> [Verlaufszeile] {
        let rest: SQL = stelle.map { "(verlauf.am, verlauf.id) < (\($0.am), \($0.id))" } ?? "1 = 1"
        return try db.all(
            """
            SELECT \(Verlaufszeile.columns) FROM verlauf WHERE \(auswahl.bedingung) AND \(rest)
            ORDER BY verlauf.am DESC, verlauf.id DESC LIMIT \(limit)
            """)
    }

    /// What happened to one record, newest first: by the ids, which keep their order when the clock is set back.
    package static func neueste(
        _ auswahl: Verlaufsauswahl, limit: Int, in db: any SQLConnection
    ) throws -> [Verlaufszeile] {
        try db.all(
            """
            SELECT \(Verlaufszeile.columns) FROM verlauf WHERE \(auswahl.bedingung)
            ORDER BY verlauf.id DESC LIMIT \(limit)
            """)
    }

    /// Lines with their seals in the order of the chains, after that place; of one chain alone where it is named.
    package static func versiegelte(
        nach stelle: (kette: String, nummer: Int)?, kette: String?, limit: Int, in db: any SQLConnection
    ) throws -> [Verlaufszeile] {
        var bedingung: SQL = kette.map { "verlauf_siegel.kette = \($0)" } ?? "1 = 1"
        if let stelle {
            bedingung =
                bedingung + " AND (verlauf_siegel.kette, verlauf_siegel.nummer) > (\(stelle.kette), \(stelle.nummer))"
        }
        return try db.rows(
            """
            SELECT \(Verlaufssiegel.columns), \(Verlaufszeile.columns)
            FROM verlauf_siegel JOIN verlauf ON verlauf.id = verlauf_siegel.zeile
            WHERE \(bedingung) ORDER BY verlauf_siegel.kette, verlauf_siegel.nummer LIMIT \(limit)
            """
        ).map { row in
            var zeile = try Verlaufszeile(row: row)
            zeile.siegel = try Verlaufssiegel(row: row)
            return zeile
        }
    }

    /// Lines that wait for their seal, in the order of their ids; of one Organisation alone where it is named.
    package static func offene(
        nach id: String, organisation: String?, limit: Int, in db: any SQLConnection
    ) throws -> [Verlaufszeile] {
        let eine: SQL = organisation.map { "verlauf.organisation = \($0)" } ?? "1 = 1"
        return try db.all(
            """
            SELECT \(Verlaufszeile.columns) FROM verlauf_offen JOIN verlauf ON verlauf.id = verlauf_offen.zeile
            WHERE verlauf_offen.zeile > \(id) AND \(eine) ORDER BY verlauf_offen.zeile LIMIT \(limit)
            """)
    }
}
