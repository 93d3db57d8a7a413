import Foundation

/// Readers that ask for a page at a steady pace, whatever else the server has to do.
///
/// A generator that asks again as soon as it has its answer would fill the machine by itself and hide every pause.
struct Taktleser: Sendable {
    let port: Int
    let pfad: String
    /// Goes with each request; nil for none.
    var keks: String?
    var leser = 2
    var takt = Duration.milliseconds(10)

    /// Reads so long and says what it saw.
    ///
    /// The clock runs from the moment an answer was due to be asked for when an earlier one was still awaited then.
    func lies(_ dauer: Duration) async throws -> Lastlauf {
        let begin = ContinuousClock.now
        let all = try await withThrowingTaskGroup(of: [Double].self) { group in
            for number in 0..<leser {
                let first = begin + takt * number / leser
                group.addTask { try await Lastlauf.faden { try reihe(ab: first, bis: begin + dauer) } }
            }
            return try await group.reduce(into: []) { $0 += $1 }.sorted()
        }
        return Lastlauf(
            antworten: all.count, sekunden: (ContinuousClock.now - begin) / .seconds(1), zeiten: all, treffer: [])
    }

    private func reihe(ab first: ContinuousClock.Instant, bis end: ContinuousClock.Instant) throws -> [Double] {
        let connection = try HTTPVerbindung(port: port)
        var times: [Double] = []
        var due = first
        while due < end {
            let wait = due - .now
            if wait > .zero { usleep(UInt32(wait / .microseconds(1))) }
            let start = wait > .zero ? ContinuousClock.now : due
            let answer = try connection.hole(pfad, behalten: false, cookie: keks)
            times.append((ContinuousClock.now - start) / .milliseconds(1))
            guard answer.status == 200 else {
                throw Serverprozess.Fehler(description: "\(pfad) kam mit \(answer.status)")
            }
            due += takt
        }
        return times
    }
}
