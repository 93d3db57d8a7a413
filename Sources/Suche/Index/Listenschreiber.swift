import Storage

/// Counts how many things hold each stem in their name or around it.
struct Stammzaehlung {
    private var anzahl: [Int] = []
    private var letztes: [Int] = []
    private var dinge = 0

    mutating func zaehle(_ name: [Int32], _ around: [Int32]) {
        dinge += 1
        for stems in [name, around] {
            for stem in stems {
                let index = Int(stem)
                while anzahl.count <= index {
                    anzahl.append(0)
                    letztes.append(0)
                }
                guard letztes[index] != dinge else { continue }
                letztes[index] = dinge
                anzahl[index] += 1
            }
        }
    }

    func ergebnis(_ stems: [String]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for (index, count) in anzahl.enumerated() where count > 0 { counts[stems[index]] = count }
        return counts
    }
}

/// Writes the lists of one kind beside those in use, a few thousand at a time, so that others can write in between.
struct Listenschreiber {
    let fassung: Int
    let art: Suchdokument.Art
    let database: any Database

    private static let portion = 4_000

    func schreibe(_ lists: Listensammlung, staemme: [String]) async throws {
        let (numbers, places) = lists.ordnung()
        try await database.write { db in
            try db.lock("suche")
            try SuchindexStore.schreibe(fassung, art, nummern: numbers, in: db)
        }
        // In the order of the table's key.
        let order = staemme.indices.sorted { staemme[$0] < staemme[$1] }
        for start in stride(from: 0, to: order.count, by: Listenschreiber.portion) {
            let rows = order[start..<min(start + Listenschreiber.portion, order.count)].flatMap { stem in
                Listensammlung.Feld.allCases.compactMap { feld in
                    lists.liste(feld, stamm: stem, places).map {
                        (stamm: staemme[stem], feld: feld.rawValue, liste: $0)
                    }
                }
            }
            try await database.write { db in
                try db.lock("suche")
                try SuchindexStore.schreibe(fassung, art, rows, in: db)
            }
        }
    }
}
