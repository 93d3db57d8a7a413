/// Forty thousand German-looking words in the order of how often they are used.
struct Wortvorrat {
    let worte: [String]
    /// Words before this rank are articles and the like; nobody searches for them.
    let ersterSinn: Int

    static let umfang = 40_000
    private static let einfache = 3_000

    init(saat: UInt64) {
        var random = Zufallsfolge(saat)
        var seen = Set(Wortvorrat.kleine)
        var simple: [String] = []
        for word in Wortvorrat.amtliche where seen.insert(word.lowercased()).inserted { simple.append(word) }
        while simple.count < Wortvorrat.einfache {
            let word = Wortvorrat.erfunden(&random)
            if seen.insert(word.lowercased()).inserted { simple.append(word) }
        }
        simple.shuffle(using: &random)
        // Most words of a German text are short and common, most of its vocabulary is compounds and rare.
        let pick = Rangwahl(simple.count, versatz: 30)
        var compounds: [String] = []
        let needed = Wortvorrat.umfang - Wortvorrat.kleine.count - simple.count
        while compounds.count < needed {
            var word = simple[pick.rang(&random)]
            for _ in 0..<(random.zahl(6) == 0 ? 2 : 1) {
                word += (random.zahl(3) == 0 ? "s" : "") + simple[pick.rang(&random)].lowercased()
            }
            if word.utf8.count <= 40, seen.insert(word.lowercased()).inserted { compounds.append(word) }
        }
        var ordered = Wortvorrat.kleine
        var (nextSimple, nextCompound) = (0, 0)
        while ordered.count < Wortvorrat.umfang {
            let share = 1 / (1 + Double(nextSimple + nextCompound) / 900)
            if nextSimple < simple.count, nextCompound == needed || random.anteil() < share {
                ordered.append(simple[nextSimple])
                nextSimple += 1
            } else {
                ordered.append(compounds[nextCompound])
                nextCompound += 1
            }
        }
        (worte, ersterSinn) = (ordered, Wortvorrat.kleine.count)
    }

    private static func erfunden(_ random: inout Zufallsfolge) -> String {
        var word = ""
        for part in 0..<(2 + random.zahl(2)) {
            let starts = part == 0 ? anlaute : mitlaute
            word += starts[random.zahl(starts.count)]
            word += random.zahl(9) == 0 ? umlaute[random.zahl(umlaute.count)] : vokale[random.zahl(vokale.count)]
        }
        word += auslaute[random.zahl(auslaute.count)]
        return word.prefix(1).uppercased() + word.dropFirst()
    }

    private static let anlaute = [
        "b", "br", "d", "dr", "f", "fl", "g", "gr", "h", "k", "kl", "kr", "l", "m", "n", "p", "pf", "r", "s", "sch",
        "schl", "st", "str", "t", "tr", "w", "z", "zw",
    ]
    private static let mitlaute = [
        "b", "d", "ff", "g", "k", "l", "lt", "m", "mm", "n", "nd", "nk", "r", "rk", "rt", "s", "st", "t", "tz", "ch",
    ]
    private static let vokale = ["a", "e", "i", "o", "u", "ei", "au", "ie", "a", "e"]
    private static let umlaute = ["ä", "ö", "ü"]
    private static let auslaute = ["l", "n", "r", "t", "k", "ch", "g", "st", "rt", "m", "b", "d", "ß", "f"]

    private static let kleine = [
        "der", "die", "und", "in", "den", "von", "zu", "das", "mit", "sich", "des", "auf", "für", "ist", "im", "dem",
        "nicht", "ein", "eine", "als", "auch", "es", "an", "werden", "aus", "er", "hat", "dass", "sie", "nach",
    ]

    private static let amtliche = [
        "Abfall", "Amt", "Antrag", "Anzeige", "Arbeit", "Archiv", "Arznei", "Aufsicht", "Ausbildung", "Ausweis", "Bahn",
        "Bau", "Beamte", "Beihilfe", "Beitrag", "Bergbau", "Beruf", "Bescheid", "Betrieb", "Bewilligung", "Bildung",
        "Boden", "Brand", "Brücke", "Buch", "Bürger", "Denkmal", "Dienst", "Düngemittel", "Ehe", "Ehre", "Eigentum",
        "Eltern", "Energie", "Erbe", "Erlaubnis", "Fahrzeug", "Familie", "Fischerei", "Fläche", "Flucht", "Förderung",
        "Forst", "Frist", "Führung", "Garten", "Gast", "Gebäude", "Gebühr", "Geburt", "Gefahr", "Geld", "Gemeinde",
        "Genehmigung", "Gericht", "Gesundheit", "Gewässer", "Gewerbe", "Grab", "Grenze", "Grund", "Hafen", "Handel",
        "Handwerk", "Haus", "Heim", "Hilfe", "Hochschule", "Hund", "Hygiene", "Industrie", "Jagd", "Jugend", "Kammer",
        "Kasse", "Kataster", "Kind", "Kirche", "Klinik", "Kosten", "Kraft", "Kranken", "Kultur", "Kunst", "Land",
        "Lärm", "Leben", "Lehrer", "Leistung", "Luft", "Markt", "Meister", "Meldung", "Miete", "Milch", "Müll",
        "Museum", "Nachweis", "Name", "Natur", "Notar", "Öffnung", "Ordnung", "Pacht", "Pass", "Person", "Pflanze",
        "Pflege", "Plan", "Prüfung", "Quelle", "Rat", "Recht", "Register", "Reise", "Rente", "Rettung", "Saat",
        "Sammlung", "Schiff", "Schule", "Schutz", "Schwimmbad", "Siedlung", "Spiel", "Sport", "Sprache", "Staat",
        "Stelle", "Steuer", "Stiftung", "Straße", "Studium", "Tabak", "Teil", "Tier", "Tod", "Umwelt", "Unfall",
        "Unterhalt", "Urkunde", "Verein", "Verfahren", "Verkehr", "Vermessung", "Versicherung", "Vertrag", "Vieh",
        "Vogel", "Wahl", "Wald", "Wappen", "Ware", "Wasser", "Weg", "Wein", "Werbung", "Wild", "Wirtschaft", "Wohnung",
        "Zahn", "Zeugnis", "Zoll", "Zulassung", "Zuschuss", "Zweck",
    ]
}
