/// Checks what a file says and puts it into the form that is kept: one grid, lines once, sorted.
struct Topologiebau {
    private let roh: Rohtopologie
    private let ebene: Grenzebene
    private let geometrien: [Rohtopologie.Geometrie]

    init(_ roh: Rohtopologie) throws(Grenzfehler) {
        self.roh = roh
        let known = Grenzebene.allCases.map { "„\($0.rawValue)“" }.joined(separator: ", ")
        guard roh.objects.count == 1, let (name, objekt) = roh.objects.first else {
            throw Grenzfehler(
                "Die Datei enthält \(roh.objects.count) Objekte. Erwartet ist genau eines von \(known).")
        }
        guard let ebene = Grenzebene(rawValue: name) else {
            throw Grenzfehler("Das Objekt „\(name.prefix(40))“ ist unbekannt. Erwartet ist eines von \(known).")
        }
        self.ebene = ebene
        geometrien = objekt.geometries
    }

    func topologie() throws(Grenzfehler) -> Topologie {
        let linien = try gitterlinien()
        var found = Topologie(ebene: ebene, linien: [], formen: [])
        var keys: Set<String> = []
        for geometrie in geometrien {
            let key = try schluessel(geometrie)
            guard keys.insert(key).inserted else {
                throw Grenzfehler(
                    "Der Schlüssel \(key) kommt zweimal vor. Jedes Gebiet steht einmal, notfalls als MultiPolygon.")
            }
            let form = try form(key, geometrie.flaechen, linien, &found.ringeOhneFlaeche)
            if form.flaechen.isEmpty { found.leere += 1 } else { found.formen.append(form) }
        }
        guard !found.formen.isEmpty else { throw Grenzfehler("Die Datei enthält keine Grenzen.") }
        found.formen.sort { $0.schluessel < $1.schluessel }
        try ordne(linien, in: &found)
        return found
    }

    private func schluessel(_ geometrie: Rohtopologie.Geometrie) throws(Grenzfehler) -> String {
        guard let key = geometrie.schluessel else {
            throw Grenzfehler("Ein Gebiet hat keinen Schlüssel: weder „properties.ags“ noch „id“ ist ein Text.")
        }
        guard key.utf8.count == ebene.stellen, key.utf8.allSatisfy({ (48...57).contains($0) }) else {
            throw Grenzfehler(
                "„\(key.prefix(20))“ ist kein Schlüssel: \(ebene.wort) haben \(ebene.stellen) Ziffern.")
        }
        return key
    }

    /// All lines on the grid, without points that follow themselves.
    private func gitterlinien() throws(Grenzfehler) -> [[Gitterpunkt]] {
        var linien: [[Gitterpunkt]] = []
        linien.reserveCapacity(roh.arcs.count)
        for (number, arc) in roh.arcs.enumerated() {
            guard arc.count >= 2 else {
                throw Grenzfehler("Die Linie \(number) hat weniger als zwei Punkte.")
            }
            var punkte: [Gitterpunkt] = []
            punkte.reserveCapacity(arc.count)
            var (x, y) = (0.0, 0.0)
            for punkt in arc {
                let point: Gitterpunkt
                if let transform = roh.transform {
                    (x, y) = (x + punkt.x, y + punkt.y)
                    point = try gitter(
                        x * transform.scale.x + transform.translate.x, y * transform.scale.y + transform.translate.y,
                        number)
                } else {
                    point = try gitter(punkt.x, punkt.y, number)
                }
                if punkte.last != point { punkte.append(point) }
            }
            if punkte.count == 1 { punkte.append(punkte[0]) }
            linien.append(punkte)
        }
        return linien
    }

    /// A little more than Germany with its islands and waters.
    private static let laenge = 5.0...16.0
    private static let breite = 46.5...56.0

    /// A number that is none, or an infinite one, lies in no range either.
    private func gitter(_ laenge: Double, _ breite: Double, _ linie: Int) throws(Grenzfehler) -> Gitterpunkt {
        guard Topologiebau.laenge.contains(laenge), Topologiebau.breite.contains(breite) else {
            throw Grenzfehler(
                "Die Linie \(linie) führt über den Punkt (\(laenge), \(breite)), und der liegt nicht in Deutschland. Erwartet sind Grad nach WGS 84, erst die Länge, dann die Breite."
            )
        }
        return Gitterpunkt(
            Int((laenge * Gitterpunkt.jeGrad).rounded()), Int((breite * Gitterpunkt.jeGrad).rounded()))
    }

    /// Rings that close and have an area; an area without its outer ring goes with its holes.
    private func form(
        _ key: String, _ flaechen: [[[Int]]], _ linien: [[Gitterpunkt]], _ ohneFlaeche: inout Int
    ) throws(Grenzfehler) -> Grenzform {
        var form = Grenzform(schluessel: key, flaechen: [])
        for flaeche in flaechen {
            var ringe: [Grenzring] = []
            for (index, indices) in flaeche.enumerated() {
                let points = try punkte(key, indices, linien)
                guard points.count >= 3, Topologie.flaeche(points) != 0 else {
                    ohneFlaeche += 1
                    if index == 0 { break }
                    continue
                }
                ringe.append(Grenzring(linien: indices))
            }
            if !ringe.isEmpty { form.flaechen.append(ringe) }
        }
        guard flaechen.isEmpty || !form.flaechen.isEmpty else {
            throw Grenzfehler("Die Grenze von \(key) umschließt keine Fläche.")
        }
        return form
    }

    private func punkte(
        _ key: String, _ ring: [Int], _ linien: [[Gitterpunkt]]
    ) throws(Grenzfehler) -> [Gitterpunkt] {
        var points: [Gitterpunkt] = []
        var start: Gitterpunkt?
        var end: Gitterpunkt?
        for signed in ring {
            let number = signed < 0 ? ~signed : signed
            guard number < linien.count else {
                throw Grenzfehler("\(key) nennt die Linie \(number), die Datei hat nur \(linien.count).")
            }
            let line = signed < 0 ? linien[number].reversed() : linien[number]
            if start == nil { start = line.first }
            guard end == nil || end == line.first else {
                throw Grenzfehler("Die Grenze von \(key) reißt vor der Linie \(number) ab.")
            }
            end = line.last
            points += line.dropFirst()
        }
        guard start != nil, start == end else { throw Grenzfehler("Ein Ring von \(key) schließt sich nicht.") }
        return points
    }

    /// Sorts the lines by the places on their sides, drops unused ones, and names them anew in the rings.
    private func ordne(_ linien: [[Gitterpunkt]], in found: inout Topologie) throws(Grenzfehler) {
        var seiten = [[Int]](repeating: [], count: linien.count)
        for (index, form) in found.formen.enumerated() {
            for signed in form.flaechen.joined().flatMap(\.linien) {
                seiten[signed < 0 ? ~signed : signed].append(index)
            }
        }
        if let number = seiten.firstIndex(where: { $0.count > 2 }) {
            let names = Set(seiten[number]).sorted().map { found.formen[$0].schluessel }.prefix(4)
            throw Grenzfehler(
                "Die Linie \(number) begrenzt mehr als zwei Flächen (\(names.joined(separator: ", "))). Gebiete dürfen sich nicht überlagern."
            )
        }
        let order = seiten.indices.filter { !seiten[$0].isEmpty }.sorted {
            (seiten[$0][0], seiten[$0].last ?? 0, $0) < (seiten[$1][0], seiten[$1].last ?? 0, $1)
        }
        var numbers = [Int](repeating: 0, count: linien.count)
        for (new, old) in order.enumerated() {
            numbers[old] = new
            let (von, bis) = (seiten[old][0], seiten[old].last ?? 0)
            found.linien.append(
                .init(
                    punkte: linien[old], von: found.formen[von].schluessel, bis: found.formen[bis].schluessel))
        }
        for form in found.formen.indices {
            for flaeche in found.formen[form].flaechen.indices {
                for ring in found.formen[form].flaechen[flaeche].indices {
                    found.formen[form].flaechen[flaeche][ring].linien =
                        found.formen[form].flaechen[flaeche][ring].linien.map { $0 < 0 ? ~numbers[~$0] : numbers[$0] }
                }
            }
        }
    }
}
