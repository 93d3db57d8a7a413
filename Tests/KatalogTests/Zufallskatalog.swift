import Formats
import Kernel
import Storage
import TestKit

@testable import Katalog

/// A small catalogue that changes at random from load to load, and what it says after each.
struct Zufallskatalog {
    struct Leistungswort: Equatable {
        var name: String
        var typen: [String]
        var ozgID: String?
        var recht: String?
    }

    struct OZGWort: Equatable {
        var name: String
        var lage: String?
        var feld: String?
    }

    /// What a Katalogstand says, by id.
    struct Stand: Equatable {
        var leistungen: [String: Leistungswort] = [:]
        var ozg: [String: OZGWort] = [:]
    }

    private static let namen = ["Hund", "Hunde", "Abfall", "Müll", "Straße", "Ausweis & Pass", "Wohn<geld>", "Baum"]
    private static let typen = [["1"], ["2/3"], ["1", "2/3"], ["2/3", "1"], ["4a"], []]
    private static let rechte: [String?] = [nil, "BGB", "§ 1, TierSchG"]
    private static let ozgIDs = ["10001", "10002", "10003", "10004", "10005"]
    /// Each in two spellings with one address.
    private static let lagen = [
        ["Tier-Haltung", "Tier/Haltung"], ["Umzug", "UMZUG"], ["Reise", "Reise."], ["Bau", "bau"],
    ]
    private static let felder = [["Um & Welt", "Um/Welt"], ["Bauen", "BAUEN"], ["Familie", "Familie!"]]

    var random: Zufall
    private var mitSchluessel: [String: Leistungswort] = [:]
    private var ohne: [Leistungswort] = []
    private var ozg: [String: (name: String, lage: Int?)] = [:]
    private var feldDerLage = [0, 0, 1, 2]
    private var schreibweise = 0

    init(_ seed: UInt64) { random = Zufall(seed) }

    private mutating func wort() -> Leistungswort {
        Leistungswort(
            name: pick(Self.namen), typen: pick(Self.typen),
            ozgID: Bool.random(using: &random) ? ozg.keys.sorted().randomElement(using: &random) : nil,
            recht: pick(Self.rechte))
    }

    private mutating func pick<T>(_ from: [T]) -> T { from[Int.random(in: 0..<from.count, using: &random)] }

    /// Adds, removes, renames, moves and brings back.
    mutating func weiter() {
        for id in Self.ozgIDs {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: ozg[id] = nil
            case 1, 2: ozg[id] = (pick(Self.namen), pick([nil, 0, 1, 2, 3]))
            default: break
            }
        }
        // A sheet without rows is refused.
        if ozg.isEmpty { ozg["10001"] = ("Erste", 0) }
        if Int.random(in: 0..<3, using: &random) == 0 {
            feldDerLage[Int.random(in: 0..<4, using: &random)] = Int.random(in: 0..<3, using: &random)
        }
        if Int.random(in: 0..<4, using: &random) == 0 { schreibweise = 1 - schreibweise }
        for number in 0..<12 {
            let key = "99\(100 + number / 4)\(200 + number)\(number % 4 == 0 ? "000" : "104")000"
            switch Int.random(in: 0..<6, using: &random) {
            case 0: mitSchluessel[key] = nil
            case 1, 2: mitSchluessel[key] = wort()
            case 3:
                let name = pick(Self.namen)
                mitSchluessel[key]?.name = name
            default: break
            }
        }
        mitSchluessel["99999999104000"] = mitSchluessel["99999999104000"] ?? wort()
        ohne = ohne.filter { _ in Int.random(in: 0..<4, using: &random) > 0 }
        while Bool.random(using: &random), ohne.count < 6 { ohne.append(wort()) }
        for key in mitSchluessel.keys where mitSchluessel[key]?.ozgID.map({ ozg[$0] == nil }) ?? false {
            mitSchluessel[key]?.ozgID = nil
        }
        for index in ohne.indices where ohne[index].ozgID.map({ ozg[$0] == nil }) ?? false { ohne[index].ozgID = nil }
    }

    /// A key that some loads know and others do not.
    mutating func schluessel() -> String { "99100\(200 + Int.random(in: 0..<12, using: &random))104000" }

    private func einordnung(_ lage: Int?) -> (lage: String?, feld: String?) {
        lage.map { (Self.lagen[$0][schreibweise], Self.felder[feldDerLage[$0]][schreibweise]) } ?? (nil, nil)
    }

    /// What the sheets say as they are now.
    var stand: Stand {
        var stand = Stand(leistungen: mitSchluessel)
        var paare: [String: Int] = [:]
        for one in ohne {
            let number = paare["\(one.name)|\(one.ozgID ?? "")", default: 0] + 1
            paare["\(one.name)|\(one.ozgID ?? "")"] = number
            stand.leistungen[Leistung.ID(ohneSchluessel: one.name, ozgID: one.ozgID, nummer: number).rawValue] = one
        }
        for (id, one) in ozg {
            let (lage, feld) = einordnung(one.lage)
            stand.ozg[id] = OZGWort(name: one.name, lage: lage, feld: feld)
        }
        return stand
    }

    /// How the next load treats what its sheets do not name.
    enum Ladeart { case ganz, ohneUnbeschluesselte, fehlerhaft }

    /// What stands in the catalogue after these sheets were loaded over `vorher`.
    func nachher(_ vorher: Stand, _ art: Ladeart) -> Stand {
        let sheets = stand
        var result = sheets
        switch art {
        case .ganz: break
        case .ohneUnbeschluesselte:
            result.leistungen = mitSchluessel.merging(vorher.leistungen.filter { $0.key.hasPrefix("o-") }) { new, _ in
                new
            }
        case .fehlerhaft:
            result.leistungen.merge(vorher.leistungen) { new, _ in new }
            for (id, old) in vorher.ozg where sheets.ozg[id] == nil {
                var one = old
                // A Lage has one Themenfeld, and both have one spelling: the newest.
                if let lage = old.lage, let new = sheets.ozg.values.first(where: { gleich($0.lage, lage) }) {
                    (one.lage, one.feld) = (new.lage, new.feld)
                } else if let feld = old.feld, let new = sheets.ozg.values.first(where: { gleich($0.feld, feld) }) {
                    one.feld = new.feld
                }
                result.ozg[id] = one
            }
        }
        return result
    }

    private func gleich(_ a: String?, _ b: String) -> Bool { a.map { Faltung.slug($0) == Faltung.slug(b) } ?? false }

    func laden(_ art: Ladeart, stand: String, _ database: any Database) async throws -> Importbericht {
        func zelle(_ text: String?) -> String { "\"\(text ?? "")\"" }
        var blatt = Katalogblatt()
        blatt.ozg = "ozg_id,ozg_leistung,lebenslage,themenfeld\n"
        for (id, one) in ozg.sorted(by: { $0.key < $1.key }) {
            let (lage, feld) = einordnung(one.lage)
            blatt.ozg += [id, zelle(one.name), zelle(lage), zelle(feld)].joined(separator: ",") + "\n"
        }
        func zeile(_ one: Leistungswort) -> String {
            [zelle(one.name), zelle(one.typen.joined(separator: ", ")), zelle(one.ozgID), zelle(one.recht)]
                .joined(separator: ",") + "\n"
        }
        blatt.leistungen = "leika_schluessel,bezeichnung,typisierung,ozg_id,rechtsgrundlage\n"
        for (key, one) in mitSchluessel.sorted(by: { $0.key < $1.key }) { blatt.leistungen += key + "," + zeile(one) }
        if art == .fehlerhaft { blatt.leistungen += "falsch,Falsch,1,,\n" }
        // A sheet without rows is refused, so none stands for it.
        blatt.ohneSchluessel =
            art == .ohneUnbeschluesselte
            ? nil : "bezeichnung,typisierung,ozg_id,rechtsgrundlage\n" + ohne.map(zeile).joined()
        return try await blatt.laden(database, stand: stand, ueberspringen: art == .fehlerhaft, vieleEntfallen: true)
    }

    var hatUnbeschluesselte: Bool { !ohne.isEmpty }
}
