import Kernel
import Storage

/// What has to change so that the directory is as the file says.
struct Verzeichnisplan: Sendable {
    struct Vorhanden: Sendable {
        let gebiet: Gebiet
        let organisation: String?
        let organisationName: String?
    }

    /// A place as it shall be.
    struct Soll: Sendable {
        let id: String
        let satz: Verzeichnissatz
        let gehoertZu: String?
        let verwaltung: String?
        let gueltigVon: String
        let eigeneOrganisation: String?
        let bezeichnung: String
        let name: String
    }

    private let stand: Tag
    /// Valid places before.
    let bestand: Int
    private(set) var neu: [Soll] = []
    private(set) var geaendert: [Soll] = []
    private(set) var unveraendert = 0
    private(set) var entfallen: [Vorhanden] = []
    /// Vanished places that go on under another key, and the places that they are now.
    private(set) var fortgefuehrt: [(alt: Vorhanden, neu: Soll)] = []
    /// Authorities that go on at the new key.
    private(set) var umgezogen: [(alt: Vorhanden, neu: Soll)] = []
    /// Places that have another Regionalschlüssel and are the same.
    private(set) var umgeschluesselt: [(alt: Vorhanden, neu: Soll)] = []
    private(set) var wiederkehrer: [Soll] = []
    private var frueher: [FruehererName] = []
    private var neueOrganisationen: [Soll] = []
    private var umbenannte: [Soll] = []
    /// Places whose authority is to be closed, or opened again.
    private var ohneVerwaltung: [Soll] = []
    private var mitVerwaltung: [Soll] = []

    init(_ datei: Verzeichnisdatei, _ stand: Tag, vorhandene: [String: Vorhanden], jetzt: Instant) {
        self.stand = stand
        bestand = vorhandene.values.filter(\.gebiet.istGueltig).count
        let erkannt = Wiedererkennung(datei, vorhandene)
        var ids: [String: String] = [:]
        var organisationen: [String: String] = [:]
        for ars in datei.reihenfolge {
            guard let satz = datei.saetze[ars] else { continue }
            let old = vorhandene[ars] ?? erkannt.umgeschluesselt[ars]
            ids[ars] = old?.gebiet.id.rawValue ?? Kennung.neu(jetzt)
            if Verzeichnisplan.hatVerwaltung(satz, datei) {
                organisationen[ars] =
                    old?.organisation ?? erkannt.fortgefuehrt[ars]?.eigeneVerwaltung ?? Kennung.neu(jetzt)
            }
        }
        for ars in datei.reihenfolge {
            guard let satz = datei.saetze[ars], let id = ids[ars] else { continue }
            let old = vorhandene[ars] ?? erkannt.umgeschluesselt[ars]
            let name = Gebietsname(amtlich: satz.amtlicherName)
            let soll = Soll(
                id: id, satz: satz, gehoertZu: satz.gehoertZu.flatMap { ids[$0] },
                verwaltung: Verzeichnisplan.verwaltet(von: satz, organisationen),
                gueltigVon: old?.gebiet.gueltigVon?.iso ?? stand.iso, eigeneOrganisation: organisationen[ars],
                bezeichnung: name.bezeichnung(satz.art, satz.kennzeichen), name: name.name)
            if let alt = erkannt.fortgefuehrt[ars] {
                fortgefuehrt.append((alt, soll))
                if let own = alt.eigeneVerwaltung, organisationen[ars] == own { umgezogen.append((alt, soll)) }
            }
            if let old {
                if erkannt.umgeschluesselt[ars] != nil { umgeschluesselt.append((old, soll)) }
                if !old.gebiet.istGueltig { wiederkehrer.append(soll) }
                if old.gebiet.ars != ars || old.gebiet.name != soll.name {
                    frueher.append(
                        FruehererName(gebiet: id, ars: old.gebiet.ars, name: old.gebiet.name, bis: stand))
                }
                if soll.weichtAb(von: old.gebiet) { geaendert.append(soll) } else { unveraendert += 1 }
                if old.organisation != nil {
                    let had = old.gebiet.istGueltig && old.gebiet.verwaltung == old.organisation
                    if had, organisationen[ars] == nil { ohneVerwaltung.append(soll) }
                    if !had, organisationen[ars] != nil { mitVerwaltung.append(soll) }
                }
                // A name that somebody gave by hand stays.
                if old.organisation != nil, old.organisationName == old.gebiet.bezeichnung,
                    soll.bezeichnung != old.gebiet.bezeichnung
                {
                    umbenannte.append(soll)
                }
            } else {
                neu.append(soll)
            }
            if organisationen[ars] != nil, old?.organisation == nil, umgezogen.last?.neu.id != id {
                neueOrganisationen.append(soll)
            }
        }
        let bleiben = Set(ids.values)
        entfallen = vorhandene.values.filter { $0.gebiet.istGueltig && !bleiben.contains($0.gebiet.id.rawValue) }
            .sorted { ($0.gebiet.ars ?? "") < ($1.gebiet.ars ?? "") }
    }

    /// Whether the place has an authority of its own.
    private static func hatVerwaltung(_ satz: Verzeichnissatz, _ datei: Verzeichnisdatei) -> Bool {
        switch satz.art {
        case .gemeindefrei: return false
        case .regierungsbezirk:
            return !satz.amtlicherName.hasPrefix("früher:") && !satz.amtlicherName.hasPrefix("Statistische Region")
        case .land: return datei.saetze[satz.ars + "0000000000"] == nil
        case .verband: return Verwaltungsregel.fuer(land: satz.land, kennzeichen: satz.kennzeichen).verbandVerwaltet
        case .gemeinde:
            guard let verband = satz.gehoertZu.flatMap({ datei.saetze[$0] }), verband.art == .verband else {
                return true
            }
            return Verwaltungsregel.fuer(land: satz.land, kennzeichen: verband.kennzeichen).mitgliederVerwalten
        case .bund, .kreis, .kreisfreieStadt: return true
        }
    }

    /// The Organisation that administers the place: its own, that of its Verband, or for Berlin and Hamburg the Stadt's.
    private static func verwaltet(von satz: Verzeichnissatz, _ organisationen: [String: String]) -> String? {
        if let own = organisationen[satz.ars] { return own }
        switch satz.art {
        case .gemeinde: return satz.gehoertZu.flatMap { organisationen[$0] }
        case .land: return organisationen[satz.ars + "0000000000"]
        default: return nil
        }
    }

    /// Writes what the plan says into the report.
    func describe(_ datei: Verzeichnisdatei, in bericht: inout Importbericht) {
        bericht.neu = neu.count
        bericht.geaendert = geaendert.count
        bericht.unveraendert = unveraendert
        if datei.regionen > 0 { bericht.ausgelassen.append(("Regionen (Satzart 30)", datei.regionen)) }
        if datei.wiederholungen > 0 {
            bericht.ausgelassen.append(
                ("Verbandssätze, die nur eine verbandsfreie Gemeinde wiederholen", datei.wiederholungen))
        }
        bericht.hinweise.append("Gebietsstand \(stand.deutsch)")
        if let first = umgeschluesselt.first {
            bericht.hinweise.append(
                "\(Zahl.mit(umgeschluesselt.count, "Gebiet hat", "Gebiete haben")) einen anderen Regionalschlüssel und sonst nichts verloren, z. B. \(first.neu.name) (\(first.alt.gebiet.ars ?? ""), jetzt \(first.neu.satz.ars))."
            )
        }
        if let first = fortgefuehrt.first {
            bericht.hinweise.append(
                "\(Zahl.mit(fortgefuehrt.count, "Gebiet geht", "Gebiete gehen")) mit Namen und Fläche unter einem neuen Schlüssel weiter, z. B. \(first.neu.name) (\(first.alt.gebiet.ars ?? ""), jetzt \(first.neu.satz.ars))."
            )
        }
    }

    /// Notes what the file lacks, and of how much of that nobody told where it went.
    func close(mitNachfolger bekannt: Set<String>, in bericht: inout Importbericht) {
        bericht.entfallen = entfallen.count
        guard let first = entfallen.first else { return }
        bericht.hinweise.append(
            "\(Zahl.mit(entfallen.count, "Gebiet fehlt in der Datei und gilt", "Gebiete fehlen in der Datei und gelten")) nur noch bis \(stand.deutsch), z. B. \(first.gebiet.bezeichnung) (\(first.gebiet.ars ?? ""))."
        )
        let known = bekannt.union(fortgefuehrt.map(\.alt.gebiet.id.rawValue))
        let lost = entfallen.filter { $0.gebiet.ars?.utf8.count == 12 && !known.contains($0.gebiet.id.rawValue) }
        guard let first = lost.first else { return }
        bericht.hinweise.append(
            "\(Zahl.mit(lost.count, "entfallene Gemeinde hat", "entfallene Gemeinden haben")) keinen bekannten Nachfolger, z. B. \(first.gebiet.bezeichnung). Ihn nennt eine Liste der Gebietsänderungen: leitstand import gebietsaenderungen DATEI"
        )
    }

    func write(schliessen: Bool, in db: any SQLConnection) throws {
        try db.insert(into: "gebiet", columns: Soll.columns, rows: neu.lazy.map(\.werte))
        for soll in geaendert { try soll.update(in: db) }
        try FruehererName.insert(frueher, in: db)
        try writeNachfolge(in: db)
        try db.insert(
            into: "organisation", columns: ["id", "art", "name", "sortname", "suchname", "gebiet"],
            rows: neueOrganisationen.lazy.map { soll in
                [
                    .text(soll.eigeneOrganisation ?? ""), .text("verwaltung"), .text(soll.bezeichnung),
                    .text(Faltung.sort(soll.name)), .text(Faltung.suche(soll.bezeichnung)), .text(soll.id),
                ]
            })
        for soll in umbenannte {
            try db.execute(
                """
                UPDATE organisation SET name = \(soll.bezeichnung), sortname = \(Faltung.sort(soll.name)),
                       suchname = \(Faltung.suche(soll.bezeichnung)) WHERE gebiet = \(soll.id)
                """)
        }
        for soll in ohneVerwaltung {
            try db.execute(
                "UPDATE organisation SET gueltig_bis = \(stand) WHERE gebiet = \(soll.id) AND gueltig_bis IS NULL")
        }
        for soll in mitVerwaltung {
            try db.execute("UPDATE organisation SET gueltig_bis = NULL WHERE gebiet = \(soll.id)")
        }
        guard schliessen else { return }
        for old in entfallen {
            try db.execute("UPDATE gebiet SET gueltig_bis = \(stand) WHERE id = \(old.gebiet.id)")
            try db.execute("UPDATE organisation SET gueltig_bis = \(stand) WHERE gebiet = \(old.gebiet.id)")
        }
    }
}

extension Verzeichnisplan.Soll {
    static let columns = [
        "id", "ars", "ags", "amtlicher_name", "name", "sortname", "suchname", "art", "kennzeichen", "sitz", "plz",
        "flaeche_ha", "einwohner", "land", "gehoert_zu", "gehoert_zu_ars", "verwaltung", "gueltig_von", "gueltig_bis",
    ]

    private func text(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }

    var werte: [SQLValue] {
        [
            .text(id), .text(satz.ars), text(satz.ags), .text(satz.amtlicherName), .text(name),
            .text(Faltung.sort(name)),
            .text(Faltung.suche(name)), satz.art.sqlValue, text(satz.kennzeichen), text(satz.sitz), text(satz.plz),
            .integer(Int64(satz.flaecheHa)), .integer(Int64(satz.einwohner)), .text(satz.land), text(gehoertZu),
            text(satz.gehoertZu), text(verwaltung), .text(gueltigVon), .null,
        ]
    }

    func weichtAb(von gebiet: Gebiet) -> Bool {
        gebiet.ags != satz.ags || gebiet.amtlicherName != satz.amtlicherName || gebiet.art != satz.art
            || gebiet.kennzeichen != satz.kennzeichen || gebiet.sitz != satz.sitz || gebiet.plz != satz.plz
            || gebiet.flaecheHa != satz.flaecheHa || gebiet.einwohner != satz.einwohner
            || gebiet.gehoertZu?.rawValue != gehoertZu || gebiet.gehoertZuARS != satz.gehoertZu
            || gebiet.verwaltung != verwaltung || gebiet.ars != satz.ars || !gebiet.istGueltig
    }

    func update(in db: any SQLConnection) throws {
        try db.execute(
            """
            UPDATE gebiet SET ars = \(satz.ars), ags = \(satz.ags), amtlicher_name = \(satz.amtlicherName), name = \(name),
                   sortname = \(Faltung.sort(name)), suchname = \(Faltung.suche(name)), art = \(satz.art),
                   kennzeichen = \(satz.kennzeichen), sitz = \(satz.sitz), plz = \(satz.plz),
                   flaeche_ha = \(satz.flaecheHa), einwohner = \(satz.einwohner), gehoert_zu = \(gehoertZu),
                   gehoert_zu_ars = \(satz.gehoertZu), verwaltung = \(verwaltung), gueltig_von = \(gueltigVon),
                   gueltig_bis = NULL, ende_unbekannt = FALSE
            WHERE id = \(id)
            """)
    }
}
