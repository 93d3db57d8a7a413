import Foundation
import Kernel
import Synchronization

/// What clients that ask one question after the other saw.
struct Lastlauf: Sendable {
    let antworten: Int
    let sekunden: Double
    /// Milliseconds of each answer, ascending.
    let zeiten: [Double]
    /// Matches of each question of one round, ascending.
    let treffer: [Int]

    var jeSekunde: Double { Double(antworten) / sekunden }
    var p50: Double { zeiten.isEmpty ? 0 : zeiten[zeiten.count / 2] }
    var p99: Double { zeiten.isEmpty ? 0 : zeiten[min(zeiten.count - 1, zeiten.count * 99 / 100)] }

    var kurz: String {
        "\(Zahl.dezimal(jeSekunde, stellen: 1))/s, p50 \(Zahl.dezimal(p50, stellen: 1)) ms, p99 \(Zahl.dezimal(p99, stellen: 1)) ms"
    }

    var mengen: String {
        let mean = treffer.isEmpty ? 0 : treffer.reduce(0, +) / treffer.count
        return "Treffer je Frage: Median \(treffer.isEmpty ? 0 : treffer[treffer.count / 2]), Mittel \(mean)"
    }

    static let klienten = 8

    /// Gives out whole rounds over the questions, so that every run meets the same mixture.
    private final class Ausgabe: Sendable {
        private struct State {
            var next = 0
            var end: Int
            var zeiten: [Double] = []
            var treffer: [Int: Int] = [:]
        }
        private let state: Mutex<State>
        private let runde: Int
        private let schluss: ContinuousClock.Instant

        init(runde: Int, runden: Int, dauer: Duration) {
            self.runde = runde
            state = Mutex(State(end: runde * runden))
            schluss = .now + dauer
        }

        func naechste() -> Int? {
            state.withLock { state in
                if state.next == state.end, ContinuousClock.now < schluss { state.end += runde }
                guard state.next < state.end else { return nil }
                defer { state.next += 1 }
                return state.next % runde
            }
        }

        func melde(_ question: Int, _ time: Duration, _ count: Int) {
            state.withLock { state in
                state.zeiten.append(time / .milliseconds(1))
                state.treffer[question] = count
            }
        }

        func ergebnis(_ time: Duration) -> Lastlauf {
            state.withLock { state in
                Lastlauf(
                    antworten: state.zeiten.count, sekunden: time / .seconds(1), zeiten: state.zeiten.sorted(),
                    treffer: state.treffer.values.sorted())
            }
        }
    }

    /// Tasks that each ask until time and rounds are over.
    static func aufgaben(
        _ count: Int, runden: Int, dauer: Duration, klienten: Int = Lastlauf.klienten,
        _ ask: @escaping @Sendable (Int) async throws -> Int
    ) async throws -> Lastlauf {
        let output = Ausgabe(runde: count, runden: runden, dauer: dauer)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<klienten {
                group.addTask {
                    while let question = output.naechste() {
                        let begin = ContinuousClock.now
                        let found = try await ask(question)
                        output.melde(question, ContinuousClock.now - begin, found)
                    }
                }
            }
            try await group.waitForAll()
        }
        return output.ergebnis(.now - start)
    }

    /// Threads that each ask through a connection of their own.
    static func faeden<Verbindung>(
        _ count: Int, runden: Int, dauer: Duration, verbinde: @escaping @Sendable () throws -> Verbindung,
        _ ask: @escaping @Sendable (Verbindung, Int) throws -> Int
    ) async throws -> Lastlauf {
        let output = Ausgabe(runde: count, runden: runden, dauer: dauer)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<klienten {
                group.addTask {
                    try await faden {
                        let connection = try verbinde()
                        while let question = output.naechste() {
                            let begin = ContinuousClock.now
                            let found = try ask(connection, question)
                            output.melde(question, ContinuousClock.now - begin, found)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        return output.ergebnis(.now - start)
    }

    /// Runs on a thread of its own, because the work blocks.
    static func faden<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try work() }) }.start()
        }
    }
}
