/// Collects for one kind which things hold each stem, while they are read one after the other.
///
/// Things are counted in the order of reading and put in the order of their row numbers at the end, so that the lists
/// do not depend on that order.
struct Listensammlung {
    /// Which words: those of names alone, or of everything that is stored.
    enum Feld: Int64, CaseIterable, Sendable {
        case name = 1
        case text = 2
    }

    /// A list under way: gaps between things, seven bits a byte.
    private struct Liste {
        var naechster = 0
        var bytes: [UInt8] = []

        mutating func fuegeEin(_ thing: Int) {
            guard thing >= naechster else { return }
            Wortliste.zahl(UInt64(thing - naechster), an: &bytes)
            naechster = thing + 1
        }
    }

    private var nummern: [Int64] = []
    private var namen: [Liste] = []
    private var texte: [Liste] = []

    var umfang: Int { nummern.count }

    /// - Parameters:
    ///   - name: numbers of the stems of the name; each may come several times.
    ///   - rest: those of everything else.
    mutating func nimm(_ number: Int64, name: [Int32], rest: [Int32]) {
        let thing = nummern.count
        nummern.append(number)
        for stem in name {
            Listensammlung.fuegeEin(thing, Int(stem), &namen)
            Listensammlung.fuegeEin(thing, Int(stem), &texte)
        }
        for stem in rest { Listensammlung.fuegeEin(thing, Int(stem), &texte) }
    }

    private static func fuegeEin(_ thing: Int, _ stem: Int, _ lists: inout [Liste]) {
        while lists.count <= stem { lists.append(Liste()) }
        lists[stem].fuegeEin(thing)
    }

    /// The row numbers in their order, and for each thing in the order of reading its place among them.
    func ordnung() -> (nummern: [Int64], plaetze: [Int32]) {
        let order = nummern.indices.sorted { nummern[$0] < nummern[$1] }
        var places = [Int32](repeating: 0, count: nummern.count)
        for (place, thing) in order.enumerated() { places[thing] = Int32(place) }
        return (order.map { nummern[$0] }, places)
    }

    /// A list as it is stored; nil where no thing holds the stem.
    func liste(_ feld: Feld, stamm: Int, _ places: [Int32]) -> [UInt8]? {
        let lists = feld == .name ? namen : texte
        guard stamm < lists.count, !lists[stamm].bytes.isEmpty else { return nil }
        let bytes = lists[stamm].bytes
        var found: [Int32] = []
        found.reserveCapacity(bytes.count)
        var position = 0
        var next = 0
        while position < bytes.count, let gap = Wortliste.zahl(bytes, &position) {
            next += Int(gap)
            found.append(places[next])
            next += 1
        }
        found.sort()
        return Wortliste.gepackt(found, umfang: nummern.count)
    }
}
