import TestKit

/// A small catalogue that changes at random: things come, go, change their names and places.
struct Wandelkatalog {
    var random: Zufall
    private var leistungen: [String: (name: String, typ: String, ozg: String, recht: String)] = [:]
    private var ozg: [String: (name: String, lage: Int)] = [:]
    private var ohne: [String] = []

    private static let woerter = [
        "Hund", "Hunde", "Müll", "Sperrmüll", "Gewerbe", "Abmeldung", "Gewerbeabmeldung", "Ausweis", "Anmeldung",
        "Straße",
        "Straßenfest", "Fest", "Wohnung", "Geld", "Wohngeld", "Führung", "Zeugnis", "Führungszeugnis", "Bau", "Garten",
    ]
    private static let typen = ["1", "2/3", "1, 2/3", "4", "5", ""]
    private static let rechte = [
        "", "BGB", "Gewerbeordnung [https://beispiel.invalid/gewo] und Hundegesetz", "§ 1 \"\"Müll\"\"",
    ]

    init(_ seed: UInt64) {
        random = Zufall(seed)
        for number in 0..<6 { ozg["10\(100 + number)"] = (wort(), number % 4) }
        for number in 0..<40 { leistungen[schluessel(number)] = eintrag() }
        ohne = (0..<5).map { _ in wort() + " " + wort() }
    }

    private func schluessel(_ number: Int) -> String { "99\(100 + number / 8)\(200 + number % 8)104000" }

    private mutating func pick(_ from: [String]) -> String { from.randomElement(using: &random) ?? "" }

    private mutating func wort() -> String { pick(Self.woerter) }

    private mutating func eintrag() -> (name: String, typ: String, ozg: String, recht: String) {
        (
            (0..<Int.random(in: 1...3, using: &random)).map { _ in wort() }.joined(separator: " "), pick(Self.typen),
            pick(ozg.keys.sorted() + [""]), pick(Self.rechte)
        )
    }

    /// What the next load says otherwise.
    mutating func weiter() {
        for number in 0..<48 {
            let key = schluessel(number)
            switch Int.random(in: 0..<12, using: &random) {
            case 0: leistungen[key] = nil
            case 1, 2: leistungen[key] = eintrag()
            case 3:
                let name = wort() + " " + wort()
                leistungen[key]?.name = name
            case 4:
                let typ = pick(Self.typen)
                leistungen[key]?.typ = typ
            default: break
            }
        }
        leistungen["99999999104000"] = ("Bleibt", "5", "", "")
        for id in ozg.keys.sorted() where Int.random(in: 0..<4, using: &random) == 0 {
            ozg[id] = (wort(), Int.random(in: 0..<4, using: &random))
        }
        if Bool.random(using: &random) { ohne.append(wort() + " " + wort()) }
        if Bool.random(using: &random), ohne.count > 1 { ohne.removeFirst() }
    }

    var blatt: Katalogblatt {
        var blatt = Katalogblatt()
        blatt.ozg = "ozg_id,ozg_leistung,lebenslage,themenfeld\n"
        for (id, one) in ozg.sorted(by: { $0.key < $1.key }) {
            blatt.ozg +=
                one.lage == 3 ? "\(id),\(one.name),,\n" : "\(id),\(one.name),Lage \(one.lage),Feld \(one.lage / 2)\n"
        }
        blatt.leistungen = "leika_schluessel,bezeichnung,typisierung,ozg_id,rechtsgrundlage\n"
        for (key, one) in leistungen.sorted(by: { $0.key < $1.key }) {
            blatt.leistungen += "\(key),\(one.name),\"\(one.typ)\",\(one.ozg),\"\(one.recht)\"\n"
        }
        blatt.ohneSchluessel = "bezeichnung,typisierung,ozg_id\n" + ohne.map { "\($0),5,\n" }.joined()
        return blatt
    }
}
