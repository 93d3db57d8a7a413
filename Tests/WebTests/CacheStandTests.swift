import HTTPTypes
import HummingbirdTesting
import Storage
import Synchronization
import TestKit
import Testing

@testable import Web

/// Nobody sees less than what was committed when they asked.
@Suite(.timeLimit(.minutes(10))) struct CacheStandTests {
    private final class Lauf: Sendable {
        let committed = Mutex(0)
        let isDone = Mutex(false)
    }

    @Test(arguments: TestBackend.available)
    func `a reader sees at least what was committed before it asked`(backend: TestBackend) async throws {
        let saat = UInt64.random(in: 0 ... .max)
        let kette = try Kleinkette(try await backend.database(Kleinkette.migrations))
        let lauf = Lauf()
        try await kette.run { (client) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for reader in 0..<6 {
                    group.addTask {
                        var zufall = Zufall(saat &+ UInt64(reader))
                        while !lauf.isDone.withLock({ $0 }) {
                            let floor = lauf.committed.withLock { $0 }
                            let path = "/zahl?p=\(Int.random(in: 0..<3, using: &zufall))"
                            let method: HTTPRequest.Method = .get
                            let shown = Int(try await client.hole(path, method).text) ?? -1
                            #expect(shown >= floor, "Saat \(saat): \(shown) statt mindestens \(floor)")
                            for _ in 0..<Int.random(in: 0..<3, using: &zufall) { await Task.yield() }
                        }
                    }
                }
                group.addTask {
                    var zufall = Zufall(saat &- 1)
                    for _ in 0..<150 {
                        let value = try await kette.zaehleHoch()
                        lauf.committed.withLock { $0 = max($0, value) }
                        if Int.random(in: 0..<3, using: &zufall) == 0 {
                            try await Task.sleep(for: .microseconds(Int.random(in: 0..<3_000, using: &zufall)))
                        }
                    }
                    lauf.isDone.withLock { $0 = true }
                }
                try await group.waitForAll()
            }
        }
        // PostgreSQL's mark moves with every transaction of the cluster, and other tests use the same.
        if backend != .postgres { #expect(kette.cache.figures.hits > 0) }
    }
}
