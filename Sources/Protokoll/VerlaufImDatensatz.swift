package import Kernel
package import Storage
package import Web

/// Tells on the page of an Umsetzungseintrag, an Onlinedienst or an Organisation what happened to it.
package struct VerlaufImDatensatz: Verlaufserzaehlung {
    private static let gezeigt = 50
    /// An Organisation has a page of its own for its Verlauf.
    private static let gezeigtAnOrganisation = 10

    private let konten: any Personennamen
    private let worte: [any Verlaufsworte]

    package init(konten: any Personennamen, worte: [any Verlaufsworte]) { (self.konten, self.worte) = (konten, worte) }

    package func abschnitt(
        zu bezug: Verlaufsbezug, person: Person?, in db: any SQLConnection
    ) throws -> Abschnitt? {
        guard Rechte.darf(person, recht(bezug)) else { return nil }
        let auswahl = auswahl(bezug)
        let gezeigt = auswahl.organisation == nil ? Self.gezeigt : Self.gezeigtAnOrganisation
        let found =
            auswahl.organisation == nil
            ? try VerlaufStore.neueste(auswahl, limit: gezeigt + 1, in: db)
            : try VerlaufStore.seite(auswahl, limit: gezeigt + 1, in: db)
        guard !found.isEmpty else { return nil }
        let shown = Array(found.prefix(gezeigt))
        let namen = try Verlaufsnamen(shown, konten, in: db)
        return Abschnitt(
            "protokoll/verlauf-abschnitt",
            Werte([
                (
                    "zeilen",
                    shown.map { zeile in
                        VerlaufZeile(zeile: zeile, satz: Verlaufssatz(zeile, namen, worte), organisation: nil)
                    }
                ),
                ("gekuerzt", found.count > gezeigt ? gezeigt : nil), ("alle", alle(bezug, person)),
            ]))
    }

    /// Whoever may see the inner columns may see who changed what.
    private func recht(_ bezug: Verlaufsbezug) -> Recht {
        switch bezug {
        case .eintrag(_, let organisation): .umsetzungIntern(organisation: organisation)
        case .dienst(_, let anbieter): .umsetzungIntern(organisation: anbieter)
        case .organisation(let id): .verlaufLesen(organisation: id)
        }
    }

    private func auswahl(_ bezug: Verlaufsbezug) -> Verlaufsauswahl {
        var auswahl = Verlaufsauswahl()
        switch bezug {
        case .eintrag(let id, _): auswahl.eintrag = id
        case .dienst(let id, _):
            auswahl.dienst = id
            auswahl.ohneEintrag = true
        case .organisation(let id): auswahl.organisation = id
        }
        return auswahl
    }

    /// The whole Verlauf of the Organisation, for those who may read it.
    private func alle(_ bezug: Verlaufsbezug, _ person: Person?) -> String? {
        let id =
            switch bezug {
            case .eintrag(_, let organisation): organisation
            case .dienst(_, let anbieter): anbieter
            case .organisation(let id): id
            }
        return Rechte.darf(person, .verlaufLesen(organisation: id)) ? "/organisationen/\(id)/verlauf" : nil
    }
}
