import Kernel
import Storage
import TestKit

@testable import Verzeichnis

/// A small Land that changes from one directory to the next, and what happened to each of its Gemeinden.
struct Neuordnung {
    struct Ort {
        var kreis: String
        /// Four digits: its own for a Gemeinde without Verband, else those of the Samtgemeinde.
        var verband: String
        let nummer: String
        var name: String
        var ha: Int
        var istKreisfrei: Bool { kreis.hasPrefix("0319") }

        var ars: String { istKreisfrei ? kreis + "0000000" : kreis + verband + nummer }
        var ags: String { kreis + (istKreisfrei ? "000" : nummer) }
    }

    /// What became of a place in one step.
    enum Schicksal: Equatable {
        /// The same place, now with this ARS.
        case bleibt(String)
        /// Same name and area under another AGS.
        case zieht(String)
        /// Merged or divided: only a list of changes can tell.
        case vergeht([String])
    }

    private(set) var orte: [Ort] = []
    private(set) var stand: Kernel.Tag
    private var zaehler = 0
    private var staedte = 0
    private static let kreise = ["03151", "03152", "03153"]
    private static let samtgemeinde = "5401"

    init(stand: Kernel.Tag, anzahl: Int, using generator: inout Zufall) {
        self.stand = stand
        for _ in 0..<anzahl {
            let kreis = Self.kreise.randomElement(using: &generator) ?? "03151"
            orte.append(neu(kreis, nil, ha: Int.random(in: 200...900, using: &generator)))
        }
        for index in orte.indices where index % 4 == 0 { orte[index].verband = Self.samtgemeinde }
    }

    private mutating func neu(_ kreis: String, _ name: String?, ha: Int) -> Ort {
        zaehler += 1
        let text = String(zaehler)
        let nummer = String(repeating: "0", count: 3 - text.count) + text
        return Ort(kreis: kreis, verband: "0" + nummer, nummer: nummer, name: name ?? "Ort Nummer \(zaehler)", ha: ha)
    }

    /// One day on: each of some places does one thing. The fates are by the ARS before.
    mutating func schritt(_ stand: Kernel.Tag, using generator: inout Zufall) -> [String: Schicksal] {
        self.stand = stand
        var schicksal: [String: Schicksal] = [:]
        var indices = Array(orte.indices.shuffled(using: &generator).prefix(8))
        var gone: Set<Int> = []
        var added: [Ort] = []
        let before = orte.map(\.ars)
        while let index = indices.popLast() {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0:  // into a neighbour
                guard let next = indices.popLast() else { continue }
                orte[next].ha += orte[index].ha
                schicksal[before[index]] = .vergeht([before[next]])
                gone.insert(index)
            case 1:  // two make a new one, which may bear the name of the first
                guard let other = indices.popLast() else { continue }
                let name = Bool.random(using: &generator) ? orte[index].name : nil
                let new = neu(Self.kreise[zaehler % 3], name, ha: orte[index].ha + orte[other].ha)
                added.append(new)
                for one in [index, other] {
                    schicksal[before[one]] = .vergeht([new.ars])
                    gone.insert(one)
                }
            case 2:  // divided
                let parts = [1, 2].map { _ in neu(orte[index].kreis.kreis, nil, ha: orte[index].ha / 2) }
                added += parts
                schicksal[before[index]] = .vergeht(parts.map(\.ars))
                gone.insert(index)
            case 3:  // to another Kreis, and perhaps back
                let kreis = Self.kreise.filter { $0 != orte[index].kreis }.randomElement(using: &generator) ?? "03151"
                orte[index].kreis = kreis
                orte[index].verband = "0" + orte[index].nummer
            case 4:  // kreisfrei
                guard !orte[index].istKreisfrei, staedte < 9 else { continue }
                staedte += 1
                orte[index].kreis = "0319\(staedte)"
            case 5: orte[index].name = "Neu-\(orte[index].name)"
            case 6:  // two change their names
                guard let other = indices.popLast() else { continue }
                (orte[index].name, orte[other].name) = (orte[other].name, orte[index].name)
            default:  // into the Samtgemeinde or out of it
                guard !orte[index].istKreisfrei else { continue }
                let own = "0" + orte[index].nummer
                orte[index].verband = orte[index].verband == own ? Self.samtgemeinde : own
            }
        }
        for (index, ars) in before.enumerated() where !gone.contains(index) {
            let ort = orte[index]
            let sameAGS = ort.ars == ars || ort.ags == ars.prefix(5) + ars.suffix(3)
            schicksal[ars] = sameAGS ? .bleibt(ort.ars) : .zieht(ort.ars)
        }
        orte = orte.enumerated().filter { !gone.contains($0.offset) }.map(\.element) + added
        // A merger names the place as it is called and keyed in the new file.
        for (ars, fate) in schicksal {
            guard case .vergeht(let next) = fate else { continue }
            schicksal[ars] = .vergeht(
                next.map { key in before.firstIndex(of: key).flatMap { schicksal[before[$0]]?.ziel } ?? key })
        }
        return schicksal
    }

    /// The file of the day.
    var bau: Verzeichnisbau {
        var bau = Verzeichnisbau(stand: stand.iso.replacing("-", with: ""))
        bau.land("03", "Niedersachsen")
        bau.bezirk("031", "Statistische Region Braunschweig")
        for kreis in Set(orte.map(\.kreis)).sorted() where !kreis.hasPrefix("0319") {
            bau.kreis(kreis, "Kreis \(kreis)", "44")
            if orte.contains(where: { $0.kreis == kreis && $0.verband == Self.samtgemeinde }) {
                bau.verband(kreis + Self.samtgemeinde, "Samt \(kreis)", "52")
            }
        }
        for ort in orte {
            if ort.istKreisfrei {
                bau.stadt(ort.kreis, ort.name + ", Stadt", sitz: ort.name, ha: ort.ha)
            } else if ort.verband == Self.samtgemeinde {
                bau.gemeinde(ort.ars, ort.name, ha: ort.ha)
            } else {
                bau.frei(ort.ars, ort.name, ha: ort.ha)
            }
        }
        return bau
    }
}

extension Neuordnung.Schicksal {
    /// The ARS of the place that goes on.
    var ziel: String? {
        switch self {
        case .bleibt(let ars), .zieht(let ars): ars
        case .vergeht: nil
        }
    }
}

extension String {
    /// A kreisfreie Stadt that is divided falls back to a Kreis.
    fileprivate var kreis: String { hasPrefix("0319") ? "03151" : self }
}
