import Katalog
package import Kernel
package import Storage
package import Verzeichnis

/// Every statement that writes Umsetzungslisten; each change enters the Verlauf.
package enum EintragAenderung {
    package static func insert(
        _ inhalt: Umsetzungseintrag.Inhalt, organisation: Organisation.ID, nummer: Int? = nil, durch urheber: Urheber,
        in db: any SQLConnection
    ) throws -> Umsetzungseintrag.ID {
        let id = Umsetzungseintrag.ID(rawValue: Kennung.neu(urheber.am))
        if nummer == nil { try db.lock("umsetzung \(organisation.rawValue)") }
        let number = try nummer ?? naechsteNummer(organisation, in: db)
        try db.execute(
            """
            INSERT INTO umsetzungseintrag (id, organisation, nummer, titel, sortname, suchname, ozg_id, amt, stand, variante,
                dienst, dienst_text, url, reifegrad, prioritaet, frist, rolle, notiz, schlagworte, begruendung,
                angaben_fehlen, version)
            VALUES (\(id), \(organisation), \(number), \(inhalt.titel), \(Faltung.sort(inhalt.titel)),
                \(Faltung.suche(inhalt.titel)), \(inhalt.ozgID), \(inhalt.amt), \(inhalt.stand), \(inhalt.variante),
                \(inhalt.dienst), \(inhalt.dienstText), \(inhalt.url), \(inhalt.reifegrad), \(inhalt.prioritaet),
                \(inhalt.frist), \(inhalt.rolle), \(inhalt.notiz), \(inhalt.schlagworte), \(inhalt.begruendung),
                \(inhalt.angabenFehlen), 1)
            """)
        try link(id, inhalt, in: db)
        try VerlaufStore.append(
            [
                Verlauf(
                    .eintragAngelegt, gebiet: try gebiet(organisation, in: db), organisation: organisation.rawValue,
                    eintrag: id.rawValue,
                    leistung: inhalt.leistungen.first?.rawValue, dienst: inhalt.dienst, feld: "stand",
                    nach: inhalt.stand.rawValue)
            ], durch: urheber, in: db)
        return id
    }

    /// Writes what differs.
    ///
    /// - Returns: whether anything did. Throws `Refusal.conflict` when somebody changed the row since it was read.
    @discardableResult
    package static func change(
        _ old: Umsetzungseintrag, to inhalt: Umsetzungseintrag.Inhalt, art: Verlauf.Art = .eintragGeaendert,
        durch urheber: Urheber, in db: any SQLConnection
    ) throws -> Bool {
        let changes = old.inhalt.changes(to: inhalt)
        guard !changes.isEmpty else { return false }
        let changed = try db.execute(
            """
            UPDATE umsetzungseintrag SET titel = \(inhalt.titel), sortname = \(Faltung.sort(inhalt.titel)),
                suchname = \(Faltung.suche(inhalt.titel)), ozg_id = \(inhalt.ozgID), amt = \(inhalt.amt),
                stand = \(inhalt.stand), variante = \(inhalt.variante), dienst = \(inhalt.dienst),
                dienst_text = \(inhalt.dienstText), url = \(inhalt.url), reifegrad = \(inhalt.reifegrad),
                prioritaet = \(inhalt.prioritaet), frist = \(inhalt.frist), rolle = \(inhalt.rolle), notiz = \(inhalt.notiz),
                schlagworte = \(inhalt.schlagworte), begruendung = \(inhalt.begruendung),
                angaben_fehlen = \(inhalt.angabenFehlen), version = version + 1
            WHERE id = \(old.id) AND version = \(old.version)
            """)
        guard changed == 1 else { throw EintragAenderung.inzwischenGeaendert }
        if Set(old.inhalt.leistungen) != Set(inhalt.leistungen) {
            try db.execute("DELETE FROM umsetzungseintrag_leistung WHERE eintrag = \(old.id)")
            try link(old.id, inhalt, in: db)
        }
        let gebiet = try gebiet(old.organisation, in: db)
        try VerlaufStore.append(
            changes.map { change in
                // People write about people there, and what is sealed cannot be taken back.
                let isNote = change.feld == "notiz"
                func wert(_ wert: String?) throws -> String? {
                    isNote ? try Verlauf.persoenlich(wert, von: "notiz \(old.organisation.rawValue)", in: db) : wert
                }
                return Verlauf(
                    art, gebiet: gebiet, organisation: old.organisation.rawValue, eintrag: old.id.rawValue,
                    leistung: inhalt.leistungen.first?.rawValue, dienst: inhalt.dienst, feld: change.feld,
                    von: try wert(change.von), nach: try wert(change.nach))
            }, durch: urheber, in: db)
        return true
    }

    /// Takes a service over: Variante, Onlinedienst and the Stand `geplant` in one step.
    package static func uebernehmen(
        _ loesung: Loesung, in eintrag: Umsetzungseintrag, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        var inhalt = eintrag.inhalt
        inhalt.variante = loesung.varianteBeiUebernahme
        inhalt.dienst = loesung.id
        inhalt.dienstText = nil
        inhalt.stand = .geplant
        try change(eintrag, to: inhalt, art: .uebernahme, durch: urheber, in: db)
    }

    /// The same as somebody asks for it: only where no solution was chosen yet, and twice does nothing more.
    static func waehle(
        _ loesung: Loesung, fuer eintrag: Umsetzungseintrag, durch urheber: Urheber, in db: any SQLConnection
    ) throws {
        // Pressed twice: the row already is what the person asked for.
        if eintrag.inhalt.stand == .geplant, eintrag.inhalt.dienst == loesung.id { return }
        guard eintrag.inhalt.stand.suchtLoesung else {
            throw Refusal(
                .conflict,
                "Der Eintrag ist inzwischen „\(eintrag.inhalt.stand.wort)“. Ändern Sie ihn auf seiner Seite, wenn Sie trotzdem wechseln wollen."
            )
        }
        try uebernehmen(loesung, in: eintrag, durch: urheber, in: db)
    }

    static let inzwischenGeaendert = Refusal(
        .conflict,
        "Diesen Eintrag hat inzwischen jemand anderes geändert. Laden Sie die Seite neu und tragen Sie Ihre Änderung noch einmal ein."
    )

    static func naechsteNummer(_ organisation: Organisation.ID, in db: any SQLConnection) throws -> Int {
        let last: Int =
            try db.value(
                "SELECT COALESCE(MAX(nummer), 0) FROM umsetzungseintrag WHERE organisation = \(organisation)") ?? 0
        return last + 1
    }

    /// The place whose authority it is, so that the Verlauf can be read by place.
    private static func gebiet(_ organisation: Organisation.ID, in db: any SQLConnection) throws -> String? {
        try db.rows("SELECT gebiet FROM organisation_sicht WHERE id = \(organisation)").first.flatMap { row in
            try row["gebiet"]
        }
    }

    private static func link(
        _ id: Umsetzungseintrag.ID, _ inhalt: Umsetzungseintrag.Inhalt, in db: any SQLConnection
    ) throws {
        try db.insert(
            into: "umsetzungseintrag_leistung", columns: ["eintrag", "leistung"],
            rows: Set(inhalt.leistungen).map(\.rawValue).sorted().map { [id.sqlValue, .text($0)] })
    }
}
