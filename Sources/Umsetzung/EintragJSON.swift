import Formats
import Katalog
import Kernel
import Storage
import Verzeichnis
package import Web

/// A row of a list as the JSON interface shows it; internal columns only to those who may see them.
struct EintragJSON: JSONValue {
    let eintrag: Umsetzungseintrag
    let dienst: Loesung?
    let intern: Bool

    init(_ eintrag: Umsetzungseintrag, intern: Bool, in db: any SQLConnection) throws {
        let dienst = try eintrag.inhalt.dienst.flatMap { try EintragStore.loesung($0, in: db) }
        self.init(eintrag, dienst, intern: intern)
    }

    init(_ eintrag: Umsetzungseintrag, _ dienst: Loesung?, intern: Bool) {
        (self.eintrag, self.dienst, self.intern) = (eintrag, dienst, intern)
    }

    func write(to json: inout JSONWriter) {
        let inhalt = eintrag.inhalt
        json.object { json in
            json.field("id", eintrag.id.rawValue)
            json.field("organisation", eintrag.organisation.rawValue)
            json.field("nummer", eintrag.nummer)
            json.field("version", eintrag.version)
            json.field("titel", inhalt.titel)
            json.field("leistungen", array: { json in for id in inhalt.leistungen { json.string(id.rawValue) } })
            json.field("ozgId", inhalt.ozgID)
            json.field("stand", inhalt.stand.rawValue)
            json.field("variante", inhalt.variante?.rawValue)
            if let dienst {
                json.field(
                    "onlinedienst",
                    object: { json in
                        json.field("id", dienst.id)
                        json.field("slug", dienst.slug)
                        json.field("name", dienst.name)
                    })
            } else {
                json.field("onlinedienst", String?.none)
            }
            json.field("onlinedienstText", inhalt.dienstText)
            json.field("url", inhalt.url)
            json.field("reifegrad", inhalt.reifegrad)
            json.field("angabenFehlen", inhalt.angabenFehlen)
            guard intern else { return }
            json.field("amt", inhalt.amt)
            json.field("prioritaet", inhalt.prioritaet)
            json.field("frist", inhalt.frist?.iso)
            json.field("rolle", inhalt.rolle)
            json.field("notiz", inhalt.notiz)
            json.field("schlagworte", inhalt.schlagworte)
            json.field("begruendung", inhalt.begruendung)
        }
    }
}

extension Umsetzungseintrag {
    private static let innen = "nur mit dem Recht, die inneren Spalten zu sehen"

    package static let schema = APISchema(
        "Umsetzungseintrag",
        [
            .init("id", .text), .init("organisation", .text, "Kennung"), .init("nummer", .zahl),
            .init("version", .zahl, "zählt die Änderungen"), .init("titel", .text), .init("leistungen", .feld(.text)),
            .init("ozgId", .text, leerbar: true),
            .init("stand", .auswahl(Umsetzungsstand.allCases.map(\.rawValue))),
            .init("variante", .auswahl(Variante.allCases.map(\.rawValue)), leerbar: true),
            .init(
                "onlinedienst", .objekt([.init("id", .text), .init("slug", .text), .init("name", .text)]),
                leerbar: true),
            .init("onlinedienstText", .text, leerbar: true, "wie getippt, wenn das Verzeichnis den Dienst nicht kennt"),
            .init("url", .text, leerbar: true), .init("reifegrad", .text, leerbar: true, "etwa „OZG 1.1: 3“"),
            .init("angabenFehlen", .wahrheit, "online, aber ohne Adresse oder Reifegrad mit Modell"),
        ]
            + ["amt", "prioritaet", "frist", "rolle", "notiz", "schlagworte", "begruendung"].map {
                APISchema.Eigenschaft($0, .text, leerbar: true, pflicht: false, innen)
            })

    package static let listenschema = APISchema(
        "Umsetzungsliste",
        [
            .init("organisation", .text, "Regionalschlüssel, sonst Kennung"), .init("id", .text), .init("name", .text),
            .init("gesamt", .zahl), .init("zaehlend", .zahl, "ohne „nicht zuständig“"), .init("online", .zahl),
        ])

    /// The columns as a program writes them.
    static let eingabe = Eingabeform(
        "UmsetzungseintragNeu",
        [
            .init("titel", .text(500), pflicht: true),
            .init("leistungen", .texte(200, je: 40), "Leistungsschlüssel oder Kennungen; leer: keine"),
            .init("ozgId", .text(20), feld: "ozg"), .init("amt", .text(200)),
            .init("stand", .wort(Umsetzungsstand.allCases.map(\.rawValue)), leerbar: false, "sonst offen"),
            .init("variante", .wort(Variante.allCases.map(\.rawValue))),
            .init("onlinedienst", .text(500), feld: "dienst", "Slug, Kennung oder genauer Name"),
            .init("url", .webadresse(2_000), "nötig bei online"),
            .init("reifegrad", .text(60), "etwa „OZG 1.1: 3“; nötig bei online"), .init("prioritaet", .text(60)),
            .init("frist", .tag), .init("rolle", .text(200)), .init("notiz", .text(10_000)),
            .init("schlagworte", .text(1_000)),
            .init("begruendung", .text(2_000), "nötig bei wartet, zurueckgestellt, nicht_zustaendig"),
        ])
}

/// An authority that keeps a list.
struct ListenJSON: JSONValue {
    let liste: EintragStore.Liste

    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("organisation", liste.ars ?? liste.organisation.rawValue)
            json.field("id", liste.organisation.rawValue)
            json.field("name", liste.name)
            json.field("gesamt", liste.gesamt)
            json.field("zaehlend", liste.zaehlend)
            json.field("online", liste.online)
        }
    }
}

extension EintragStore {
    /// A list in its own order after a cursor of number and id.
    static func list(
        _ filter: EintragFilter, _ wunsch: Listenwunsch, organisation: Organisation.ID, in db: any SQLConnection
    ) throws -> (eintraege: [Umsetzungseintrag], weiter: String?) {
        var after: SQL = "1 = 1"
        if let nach = wunsch.nach {
            guard let number = Int(nach[0]) else {
                throw Refusal(.badRequest, "„weiter“ muss unverändert aus der vorigen Antwort stammen.")
            }
            after = "(e.nummer > \(number) OR (e.nummer = \(number) AND e.id > \(nach[1])))"
        }
        let rows = try db.all(
            """
            SELECT \(Umsetzungseintrag.columns) FROM umsetzungseintrag e
            WHERE \(filter.bedingung(organisation)) AND \(after)
            ORDER BY e.nummer, e.id LIMIT \(wunsch.anzahl + 1)
            """, as: Umsetzungseintrag.self)
        return wunsch.teil(rows) { ["\($0.nummer)", $0.id.rawValue] }
    }

    /// Authorities that keep a list, after a cursor of sort name and id.
    static func listen(
        _ wunsch: Listenwunsch, in db: any SQLConnection
    ) throws -> (eintraege: [Liste], weiter: String?) {
        let rows = try db.rows(
            """
            SELECT o.id, o.name, o.ars, o.sortname, count(*) AS gesamt,
                   count(*) FILTER (WHERE e.stand <> 'nicht_zustaendig') AS zaehlend,
                   count(*) FILTER (WHERE e.stand = 'online') AS online
            FROM umsetzungseintrag e JOIN organisation_sicht o ON o.id = e.organisation
            WHERE \(wunsch.bedingung(sortname: "o.sortname", id: "o.id"))
            GROUP BY o.id, o.name, o.ars, o.sortname ORDER BY o.sortname, o.id LIMIT \(wunsch.anzahl + 1)
            """
        ).map { row in (liste: try Liste(row: row), sortname: try row["sortname"] as String) }
        let (found, next) = wunsch.teil(rows) { [$0.sortname, $0.liste.organisation.rawValue] }
        return (found.map(\.liste), next)
    }
}
