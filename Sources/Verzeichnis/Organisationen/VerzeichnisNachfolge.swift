package import Kernel
package import Storage

/// Offices, contacts, procedures, IT providers and statuses follow to the authority that goes on.
package struct VerzeichnisNachfolge: Nachfolgeteil {
    package init() {}

    package func uebertrage(
        _ nachfolge: Rechtsnachfolge, in db: any SQLConnection
    ) throws -> [Rechtsnachfolge.Posten] {
        let (alt, neu) = (Organisation.ID(rawValue: nachfolge.alt), Organisation.ID(rawValue: nachfolge.neu))
        var posten = [Rechtsnachfolge.Posten("Amt", "Ämter", try EinheitStore.anzahl(alt, in: db))]
        for (art, einzahl, mehrzahl) in [
            (Angabenart.ansprechpartner, "Ansprechpartner", "Ansprechpartner"),
            (.fachverfahren, "Verfahren", "Verfahren"),
            (.dienstleister, "Angabe zu IT-Dienstleistern", "Angaben zu IT-Dienstleistern"),
            (.rechtsstatus, "rechtlicher Status", "rechtliche Status"),
        ] {
            posten.append(.init(einzahl, mehrzahl, try AngabeStore.anzahl(art, alt, in: db)))
        }
        guard !nachfolge.probe else { return posten }
        try db.lock("einheiten \(neu.rawValue)")
        try EinheitStore.uebertrage(von: alt, nach: neu, in: db)
        // The law spoke of the old authority, so what it was ends with it and is history at the new one.
        if let ende = nachfolge.ende { try AngabeStore.beendeStatus(alt, am: ende, in: db) }
        for art in Angabenart.allCases { try AngabeStore.uebertrage(art, von: alt, nach: neu, in: db) }
        return posten
    }
}

extension OrganisationStore {
    /// The authorities that go on in place of a closed one: those of the places that its place became.
    static func nachfolger(_ alt: Organisation, in db: any SQLConnection) throws -> [Organisation] {
        guard let gebiet = try alt.gebiet.flatMap({ try GebietStore.find($0, in: db) }) else { return [] }
        let places = gebiet.istGueltig ? [gebiet] : try NachfolgeStore.folge(zu: gebiet, in: db).nachfolger
        var seen: Set<String> = [alt.id.rawValue]
        return try places.compactMap(\.verwaltung).filter { seen.insert($0).inserted }
            .compactMap { try find(Organisation.ID(rawValue: $0), in: db) }.filter(\.istGueltig)
    }
}
