import Kernel
import Post
import Storage

/// What a letter says of what happened: each change in a sentence, many of one kind in one.
struct Mitteilungssaetze {
    /// More sentences about one place nobody reads.
    private static let hoechstens = 40

    private let aussagen: [String: Verlaufsaussage]
    private let namen: [Person.ID: String]
    private let adresse: String

    init(
        _ all: [Mitteilung], _ saetze: any Verlaufssaetze, _ personen: any Personennamen, adresse: String,
        in db: any SQLConnection
    ) throws {
        // One place with very many is summed up; its sentences need not be looked for.
        aussagen = try saetze.aussagen(zu: Array(Set(all.map(\.zeile)).sorted().prefix(2_000)), in: db)
        namen = try personen.namen(Set(all.map { Person.ID(rawValue: $0.urheber) }), in: db)
        self.adresse = adresse
    }

    private struct Reihe: Hashable { let urheber: String, art: String }

    /// The sentences about one place.
    func saetze(_ mitteilungen: [Mitteilung]) -> [Briefinhalt.Satz] {
        var found: [Briefinhalt.Satz] = []
        let reihen = Dictionary(grouping: mitteilungen) { Reihe(urheber: $0.urheber, art: $0.art) }
        for (reihe, gleiche) in reihen.sorted(by: { $0.value[0].id < $1.value[0].id }) {
            let einzelne = Set(gleiche.filter { $0.anzahl == 1 }.map { $0.eintrag.isEmpty ? $0.id : $0.eintrag }).count
            let anzahl = einzelne + gleiche.filter { $0.anzahl > 1 }.reduce(0) { $0 + $1.anzahl }
            if anzahl > Mitteilungsleser.viele {
                found.append(summe(reihe, anzahl, gleiche))
                continue
            }
            for one in gleiche {
                guard let aussage = aussagen[one.zeile] else { continue }
                let satz = Briefinhalt.Satz(aussage.text, aussage.pfad.map { adresse + $0 })
                if !found.contains(satz) { found.append(satz) }
            }
        }
        guard found.count > Self.hoechstens else { return found }
        let rest = found.count - Self.hoechstens
        return found.prefix(Self.hoechstens) + [
            .init("Und \(Zahl.mit(rest, "weitere Änderung", "weitere Änderungen")).")
        ]
    }

    private func summe(_ reihe: Reihe, _ anzahl: Int, _ gleiche: [Mitteilung]) -> Briefinhalt.Satz {
        let wer =
            reihe.urheber.isEmpty ? "Der Betrieb" : namen[Person.ID(rawValue: reihe.urheber)] ?? "gelöschtes Konto"
        let was: String =
            switch Verlauf.Art(rawValue: reihe.art) {
            case .eintragAngelegt: "Einträge angelegt"
            case .eintragGeaendert: "Einträge geändert"
            case .uebernahme: "Lösungen übernommen"
            case .einheitAngelegt, .einheitGeaendert, .einheitZusammengelegt: "Änderungen an Ämtern vorgenommen"
            case .delegationGegeben, .delegationBeendet: "Delegationen geändert"
            default: "Angaben geändert"
            }
        let pfad = gleiche.first.flatMap { aussagen[$0.zeile]?.pfad }
        // The list and not one of its entries.
        let liste = pfad.map { path in path.split(separator: "/").prefix(2).map { "/\($0)" }.joined() }
        return .init("\(wer) hat \(Zahl.deutsch(anzahl)) \(was).", liste.map { adresse + $0 })
    }
}
