import Kernel
package import Storage

/// What a search asks for.
package struct Suchwunsch: Sendable, Equatable {
    package var text: String
    package var arten: [Suchdokument.Art] = Suchdokument.Art.allCases
    /// Chosen facets of the Leistungen; several values of one are alternatives.
    package var themenfelder: [String] = []
    package var lagen: [String] = []
    package var typen: [String] = []
    package var seite = 1
    package var anzahl = 20

    package init(_ text: String) { self.text = text }

    var istGefiltert: Bool { !themenfelder.isEmpty || !lagen.isEmpty || !typen.isEmpty }

    /// Whether a combination of facets is among the chosen ones; `ohne` leaves one facet out.
    func passt(_ merkmal: Merkmal, ohne: WritableKeyPath<Suchwunsch, [String]>? = nil) -> Bool {
        (themenfelder.isEmpty || ohne == \.themenfelder || themenfelder.contains(merkmal.themenfeld))
            && (lagen.isEmpty || ohne == \.lagen || lagen.contains(merkmal.lage))
            && (typen.isEmpty || ohne == \.typen || merkmal.typen.contains { typen.contains($0) })
    }
}

/// One answer of a search.
package struct Suchtreffer: Sendable, Equatable {
    package let art: Suchdokument.Art
    package let id: String
    package let pfad: String
    package let name: String
    package let zusatz: String?
    /// The name cut where words of the question begin and end.
    package let markiert: [Fundstelle.Stueck]
    /// A piece of the text around the words of the question.
    package let ausschnitt: [Fundstelle.Stueck]
    /// Why it is an answer, where the name does not show it.
    package let grund: String?
    /// Ideas of the question that it lacks.
    package let ohne: [String]
}

/// The answers of one kind, best first.
package struct Suchgruppe: Sendable, Equatable {
    package let art: Suchdokument.Art
    package var treffer: [Suchtreffer]
    package var gesamt: Int
    /// Only this many are brought into order.
    package static let hoechstens = SucheStore.gewogen
}

/// What a search found.
package struct Suchergebnis: Sendable, Equatable {
    package var leistungen = Suchgruppe(art: .leistung, treffer: [], gesamt: 0)
    package var ozg = Suchgruppe(art: .ozg, treffer: [], gesamt: 0)
    package var gebiete = Suchgruppe(art: .gebiet, treffer: [], gesamt: 0)
    /// Counts by slug or code, each under the choices of the other facets.
    package var themenfelder: [String: Int] = [:]
    package var lagen: [String: Int] = [:]
    package var typen: [String: Int] = [:]
    package var meintenSie: String?
    /// Words that no answer of the first kind holds and that were left out.
    package var ausgelassen: [String] = []

    package var istLeer: Bool { leistungen.gesamt + ozg.gesamt + gebiete.gesamt == 0 }
}

/// The one search over everything that can be found.
///
/// Words, order and counts are decided here and by nothing that differs between the databases: these only tell which
/// rows hold which stored words. So both give the same answers in the same order.
package struct Suche: Sendable {
    let alltag: Alltagswoerter
    /// How long a question may take.
    let frist: Duration
    private let gedaechtnis = Suchgedaechtnis()

    package init(alltag: Alltagswoerter, frist: Duration = Suchfrist.dauer) {
        (self.alltag, self.frist) = (alltag, frist)
    }

    /// Longer questions are cut; nobody types them.
    static let laengste = 300

    package func suche(_ wunsch: Suchwunsch, in db: any SQLConnection) throws -> Suchergebnis {
        let known = try gedaechtnis.inhalt(in: db)
        let typed = String(wunsch.text.prefix(Suche.laengste))
        var result = Suchergebnis()
        let codes = wunsch.istGefiltert ? known.merkmale.filter { wunsch.passt($0.value) }.map(\.key).sorted() : nil
        if let digits = Suche.schluessel(typed) {
            try nachSchluessel(digits, wunsch, known, codes, &result, in: db)
            return result
        }
        let katalog = Suchanfrage(typed, wortschatz: known.katalog, alltag: alltag)
        var asked: [Suchfrage] = []
        for art in [Suchdokument.Art.leistung, .ozg] where wunsch.arten.contains(art) {
            result.meintenSie = katalog.meintenSie
            asked.append(Suchfrage(art: art, anfrage: katalog, wunsch: wunsch, inhalt: known, codes: codes))
        }
        if wunsch.arten.contains(.gebiet), !wunsch.istGefiltert {
            asked.append(
                Suchfrage(
                    art: .gebiet, anfrage: orte(typed, katalog: katalog, known), wunsch: wunsch, inhalt: known,
                    codes: nil))
        }
        for answer in try Suchfrage.beantworte(asked, known, in: db) {
            switch answer.gruppe.art {
            case .leistung:
                result.leistungen = answer.gruppe
                result.ausgelassen = answer.gruppe.treffer.first?.ohne ?? []
                zaehleFacetten(answer.gezaehlt, wunsch, known, &result)
            case .ozg: result.ozg = answer.gruppe
            case .gebiet: result.gebiete = answer.gruppe
            }
        }
        return result
    }

    /// The digits of a typed key, with blanks, points, hyphens or slashes between them or not; nil for anything else.
    ///
    /// Words that only say what the number is may stand before it.
    static func schluessel(_ typed: String) -> String? {
        let words = Wortform.woerter(in: typed, hoechstens: 20).map(\.form)
        let rest = words.filter { !schluesselwoerter.contains($0) }
        guard !rest.isEmpty, rest.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return nil }
        let digits = rest.joined()
        return digits.utf8.count >= 2 ? String(digits.prefix(14)) : nil
    }

    private static let schluesselwoerter: Set<String> = [
        "leika", "schluessel", "leistungsschluessel", "id", "nr", "nummer", "ozg", "ars", "ags", "key", "leistung",
        "fim",
        "regionalschluessel", "gemeindeschluessel",
    ]

    private func nachSchluessel(
        _ digits: String, _ wunsch: Suchwunsch, _ known: Suchgedaechtnis.Inhalt, _ codes: [Int64]?,
        _ result: inout Suchergebnis, in db: any SQLConnection
    ) throws {
        func group(_ art: Suchdokument.Art) throws -> (Suchgruppe, [Int64: Int]) {
            let counted = try SucheStore.zaehle(schluessel: digits, art, in: db)
            let rows = try SucheStore.treffer(schluessel: digits, art, codes: codes, in: db)
            let total = codes.map { $0.reduce(0) { $0 + (counted[$1] ?? 0) } } ?? counted.values.reduce(0, +)
            let shown = rows.dropFirst((wunsch.seite - 1) * wunsch.anzahl).prefix(wunsch.anzahl)
            return (Suchgruppe(art: art, treffer: shown.map { Fundstelle.treffer(art, $0) }, gesamt: total), counted)
        }
        if wunsch.arten.contains(.leistung) {
            let (found, counted) = try group(.leistung)
            result.leistungen = found
            zaehleFacetten(counted, wunsch, known, &result)
        }
        if wunsch.arten.contains(.ozg) { result.ozg = try group(.ozg).0 }
        if wunsch.arten.contains(.gebiet), !wunsch.istGefiltert { result.gebiete = try group(.gebiet).0 }
    }

    /// Places: words that only the catalogue knows are none, and slips are mended where the catalogue knows nothing.
    private func orte(_ typed: String, katalog: Suchanfrage, _ known: Suchgedaechtnis.Inhalt) -> Suchanfrage {
        let ohneAlltag = Alltagswoerter.nurFuellwoerter(alltag)
        let isKnownToCatalogue = katalog.begriffe.contains { begriff in
            begriff.alternativen.contains {
                $0.verbessert == nil && $0.gruppen.allSatisfy { $0.contains { known.katalog.anzahl($0) > 0 } }
            }
        }
        return Suchanfrage(typed, wortschatz: known.gebiet, alltag: ohneAlltag, nurSicheres: isKnownToCatalogue)
            .nurOrte(known.gebiet, auchAehnliche: !isKnownToCatalogue)
    }

    private func zaehleFacetten(
        _ counted: [Int64: Int], _ wunsch: Suchwunsch, _ known: Suchgedaechtnis.Inhalt, _ result: inout Suchergebnis
    ) {
        for (code, count) in counted {
            guard let merkmal = known.merkmale[code] else { continue }
            if wunsch.passt(merkmal, ohne: \.themenfelder) {
                result.themenfelder[merkmal.themenfeld, default: 0] += count
            }
            if wunsch.passt(merkmal, ohne: \.lagen) { result.lagen[merkmal.lage, default: 0] += count }
            if wunsch.passt(merkmal, ohne: \.typen) {
                for typ in merkmal.typen { result.typen[typ, default: 0] += count }
            }
        }
        result.themenfelder[""] = nil
        result.lagen[""] = nil
    }
}
