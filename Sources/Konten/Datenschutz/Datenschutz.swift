import Formats
package import Kernel
package import Storage

/// Tells what is known about a person, forgets it, and lets go what has had its time: over all rooms that hold data
/// about persons.
package struct Datenschutz: Sendable {
    package let quellen: [any PersonendatenQuelle]
    private let angaben: [String: Int]

    /// `angaben` are the days that the operator chose, by the name of the kind.
    package init(quellen: [any PersonendatenQuelle], angaben: [String: Int] = [:]) {
        (self.quellen, self.angaben) = (quellen, angaben)
    }

    /// The register: what the rooms do, and whole accounts, which concern all of them.
    package var verarbeitungen: [Verarbeitung] {
        quellen.flatMap(\.verarbeitungen) + [
            Verarbeitung(
                "Löschen von Konten", zweck: "Datensparsamkeit: Konten, die niemand braucht, gehen",
                betroffene: "Eingeladene und Personen mit Konto",
                daten: "Zeitpunkt des letzten Anmeldens und des Hinweises",
                grundlage: "Art. 5 Abs. 1 Buchst. c und e, Art. 17 DSGVO", tabellen: ["loeschlauf"],
                fristen: [einladungsfrist, kontofrist])
        ]
    }

    /// All periods in the order of the register.
    package var fristen: [Loeschfrist] { verarbeitungen.flatMap(\.fristen) }

    /// Days that a kind of record stays in this installation.
    package func tage(_ frist: Loeschfrist) -> Int { angaben[frist.art] ?? frist.tage }

    private var einladungsfrist: Loeschfrist {
        Loeschfrist(
            "einladung", "Nie angenommene Einladungen", tage: 90, ab: "seit der letzten Einladung",
            ende: "das Konto wird gelöscht", grundlage: "Art. 5 Abs. 1 Buchst. c und e DSGVO",
            faellig: { lage, db in
                try Kontenfristen.nieAngenommen(seit: lage.grenze, in: db).filter {
                    try !istLetzteAdministration($0, in: db)
                }
                .count
            },
            raeume: { lage, db in
                try vergiss(Kontenfristen.nieAngenommen(seit: lage.grenze, in: db), am: lage.am, in: db)
            })
    }

    private var kontofrist: Loeschfrist {
        Loeschfrist(
            "konto", "Unbenutzte Konten", tage: 730, ab: "seit der letzten Anmeldung",
            ende: "die Person bekommt einen Hinweis; \(Kontenfristen.vorwarnung) Tage später wird das Konto gelöscht",
            grundlage: "Art. 5 Abs. 1 Buchst. c und e DSGVO",
            faellig: { lage, db in
                try gewarnte(lage, in: db).filter { try !istLetzteAdministration($0, in: db) }.count
            },
            raeume: { lage, db in try vergiss(gewarnte(lage, in: db), am: lage.am, in: db) })
    }

    private func gewarnte(_ lage: Loeschfrist.Lage, in db: any SQLConnection) throws -> [Person.ID] {
        let since = lage.am.plus(sekunden: -Kontenfristen.vorwarnung * 86_400)
        return try Kontenfristen.unbenutzt(seit: lage.grenze, gewarnt: since, in: db).map(\.id)
    }

    /// The last Administration stays whatever its age: nobody could let others in.
    private func vergiss(_ ids: [Person.ID], am: Instant, in db: any SQLConnection) throws -> Int {
        var count = 0
        for id in ids where try !istLetzteAdministration(id, in: db) {
            try loesche(id, durch: .betrieb(am), in: db)
            count += 1
        }
        return count
    }
}

extension Datenschutz {
    /// Everything that is known about a person, by room.
    package func auskunft(
        ueber person: Person.ID, am: Instant, in db: any SQLConnection
    ) throws -> [Auskunftsteil] {
        guard let betroffen = try DatenschutzStore.konto(person, in: db)?.betroffen else { return [] }
        return try quellen.flatMap { try $0.auskunft(ueber: betroffen, am: am, in: db) }
    }

    /// The same as a file, with what Art. 15 DSGVO asks for beside the data.
    func datei(_ teile: [Auskunftsteil], am: Instant) -> [UInt8] {
        var json = JSONWriter(capacity: 16 * 1024)
        json.object { json in
            json.field("erstelltAm", am.iso)
            for teil in teile {
                json.key(teil.name)
                json.array { json in for zeile in teil.zeilen { Datenschutz.write(zeile, to: &json) } }
            }
            json.key("verarbeitungen")
            json.array { json in
                for entry in verarbeitungen {
                    json.object { json in
                        json.field("name", entry.name)
                        json.field("zweck", entry.zweck)
                        json.field("daten", entry.daten)
                        json.field("rechtsgrundlage", entry.grundlage)
                        json.field("empfaenger", entry.empfaenger)
                        json.field("dauer", dauer(entry))
                    }
                }
            }
            json.field("rechte", Datenschutz.rechte)
        }
        return json.bytes
    }

    static let rechte =
        "Sie haben das Recht auf Berichtigung, Löschung, Einschränkung und Widerspruch (Art. 16 bis 18 und 21 DSGVO) und "
        + "können sich bei der Datenschutzaufsicht beschweren (Art. 77 DSGVO)."

    private static func write(_ zeile: [Auskunftsteil.Feld], to json: inout JSONWriter) {
        json.object { json in
            for feld in zeile {
                json.key(feld.name)
                switch feld.wert {
                case .leer: json.null()
                case .text(let text): json.string(text)
                case .zahl(let number): json.int(number)
                case .wahr(let yes): json.bool(yes)
                case .zeit(let instant): json.string(instant.iso)
                }
            }
        }
    }

    /// How long what a Verarbeitung holds stays, in words.
    func dauer(_ entry: Verarbeitung) -> String {
        let periods = entry.fristen.map { "\($0.was): \($0.dauer(tage($0)))" }
        return ((entry.dauer.map { [$0] } ?? []) + periods).joined(separator: "; ")
    }

    func istLetzteAdministration(_ person: Person.ID, in db: any SQLConnection) throws -> Bool {
        guard try AmtStore.gehaltene(person, in: db).contains(where: { $0.rolle == .administration }) else {
            return false
        }
        return try !PersonStore.gibtAndereAdministration(als: person, in: db)
    }

    /// Forgets a person in every room; the Verlauf keeps the id.
    ///
    /// - Throws: `Refusal.conflict` for the last Administration, `Refusal.notFound` for somebody unknown.
    package func loesche(_ person: Person.ID, durch urheber: Urheber, in db: any SQLConnection) throws {
        // Two who go at the same moment must not both take the other one for the Administration that stays.
        try db.lock("administration")
        guard let betroffen = try DatenschutzStore.konto(person, in: db)?.betroffen else {
            throw Refusal(.notFound, "Dieses Konto gibt es nicht.")
        }
        guard try !istLetzteAdministration(person, in: db) else {
            throw Refusal(
                .conflict,
                "Das ist das letzte Konto der Administration. Geben Sie die Rolle zuerst jemand anderem, sonst kommt niemand mehr in die Verwaltung der Konten."
            )
        }
        // The account last: what other rooms keep may point at it.
        for quelle in quellen.reversed() { try quelle.loesche(betroffen, durch: urheber, in: db) }
        try VerlaufStore.append([Verlauf(.kontoGeloescht, nach: person.rawValue)], durch: urheber, in: db)
    }
}
