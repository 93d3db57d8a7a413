import Storage
import Synchronization

/// What every search needs of the index and what changes only when it is built anew: the words and the facets.
///
/// Each search asks for the index's version in its own snapshot, so an index that another process built is noticed.
final class Suchgedaechtnis: Sendable {
    struct Inhalt: Sendable {
        let fassung: Int
        let katalog: Wortschatz
        let gebiet: Wortschatz
        let merkmale: [Int64: Merkmal]
        /// Row numbers in the order in which the lists count them.
        let nummern: [Suchdokument.Art: [Int64]]

        func wortschatz(_ art: Suchdokument.Art) -> Wortschatz { art == .gebiet ? gebiet : katalog }
    }

    private let inhalt = Mutex<Inhalt?>(nil)

    func inhalt(in db: any SQLConnection) throws -> Inhalt {
        let fassung = try SuchindexStore.stand(in: db).fassung
        if let known = inhalt.withLock({ $0 }), known.fassung == fassung { return known }
        let numbers = try SucheStore.ordnung(fassung, in: db)
        let places = numbers[.gebiet]?.count ?? 0
        let names = numbers.values.reduce(0) { $0 + $1.count } - places
        let read = Inhalt(
            fassung: fassung, katalog: try SucheStore.wortschatz("katalog", namen: names, in: db),
            gebiet: try SucheStore.wortschatz("gebiet", namen: places, in: db),
            merkmale: try SucheStore.merkmale(in: db), nummern: numbers)
        inhalt.withLock { $0 = read }
        return read
    }
}
