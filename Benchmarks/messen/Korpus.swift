import Storage
import Suche

/// A seeded catalogue of any size: names of 2 to 7 words and texts of 300, drawn as words of a language are.
struct Korpus: Sendable {
    /// One generated service; the same number gives the same service.
    struct Leistung: Sendable {
        let nummer: Int
        let name: String
        let text: String
        let themenfeld: Int
        let lage: Int
        let typ: Int
        let namensworte: Int

        var id: String { "L\(nummer)" }
        var themenfeldname: String { "Themenfeld \(themenfeld + 1)" }
        var lagenname: String { "Lage \(lage + 1)" }
        var typcode: String { String(typ + 1) }
    }

    static let themenfelder = 14
    static let lagen = 50
    static let typen = 12
    static let worteJeText = 300

    let saat: UInt64
    let umfang: Int
    let vorrat: Wortvorrat
    private let wortwahl: Rangwahl
    private let namenswahl: Rangwahl
    private let lagenwahl: Rangwahl
    private let typwahl: Rangwahl

    init(saat: UInt64, umfang: Int) {
        (self.saat, self.umfang) = (saat, umfang)
        vorrat = Wortvorrat(saat: saat)
        wortwahl = Rangwahl(vorrat.worte.count, versatz: 2.7)
        // Names hold few articles, and their words are rarer than those of texts.
        namenswahl = Rangwahl(vorrat.worte.count, versatz: 120)
        lagenwahl = Rangwahl(Korpus.lagen, versatz: 4)
        typwahl = Rangwahl(Korpus.typen, versatz: 0.6)
    }

    func leistung(_ number: Int) -> Leistung {
        var random = Zufallsfolge(saat &* 0x1_0000_0001 &+ UInt64(number) &* 0xD6E8_FEB8_6659_FD93)
        let count = 2 + random.zahl(6)
        let name = Array(ranks(count, namenswahl, &random)).map { vorrat.worte[$0] }.joined(separator: " ")
        var text = ""
        text.reserveCapacity(Korpus.worteJeText * 10)
        for position in 0..<Korpus.worteJeText {
            if position > 0 { text += position % 12 == 0 ? ". " : position % 7 == 0 ? ", " : " " }
            text += vorrat.worte[wortwahl.rang(&random)]
        }
        let lage = lagenwahl.rang(&random)
        return Leistung(
            nummer: number, name: name, text: text + ".", themenfeld: lage * 5 % Korpus.themenfelder, lage: lage,
            typ: typwahl.rang(&random), namensworte: count)
    }

    /// Ranks of the words of a text, for asking by them.
    func raenge(_ number: Int) -> (name: [Int], text: [Int]) {
        var random = Zufallsfolge(saat &* 0x1_0000_0001 &+ UInt64(number) &* 0xD6E8_FEB8_6659_FD93)
        let name = ranks(2 + random.zahl(6), namenswahl, &random)
        return (name, ranks(Korpus.worteJeText, wortwahl, &random))
    }

    private func ranks(_ count: Int, _ pick: Rangwahl, _ random: inout Zufallsfolge) -> [Int] {
        (0..<count).map { _ in pick.rang(&random) }
    }
}

/// The generated catalogue as the index reads it.
struct Korpusquelle: Suchquelle {
    let korpus: Korpus
    let art = Suchdokument.Art.leistung
    private static let portion = 1_000

    init(_ korpus: Korpus) { self.korpus = korpus }

    func kennzeichen(in db: any SQLConnection) throws -> String? { nil }

    func portion(
        nach marke: [String]?, in db: any SQLConnection
    ) throws -> (dokumente: [Suchdokument], weiter: [String]?) {
        let start = marke?.first.flatMap { Int($0) } ?? 0
        let end = min(start + Korpusquelle.portion, korpus.umfang)
        let documents = (start..<end).map { number in
            let made = korpus.leistung(number)
            return Suchdokument(
                art: .leistung, id: made.id, pfad: "/leistungen/\(made.id)", name: made.name,
                zusatz: made.lagenname, text: made.text,
                merkmal: Merkmal(themenfeld: made.themenfeldname, lage: made.lagenname, typen: [made.typcode]),
                rang: made.namensworte)
        }
        return (documents, end < korpus.umfang ? [String(end)] : nil)
    }
}
