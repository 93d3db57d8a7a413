import Foundation
import Storage
import Synchronization

/// Keeps the writer of a database busy, so that the units of work that come meanwhile meet.
final class WriterHold: Sendable {
    private let database: any Database
    private let isReleased = Mutex(false)
    private let tasks = Mutex<[Task<Void, any Error>]>([])

    fileprivate init(_ database: any Database) { self.database = database }

    /// Returns when the unit stands behind those enqueued before.
    ///
    /// `then` sees how the unit ended before the hold is over.
    @discardableResult
    func enqueue(
        _ body: @escaping @Sendable (any SQLConnection) throws -> Void,
        then: @escaping @Sendable ((any Error)?) async -> Void = { _ in }
    ) async throws -> Task<Void, any Error> {
        let before = database.counters.waiting
        let task = Task { [database] in
            do { try await database.write(body) } catch {
                await then(error)
                throw error
            }
            await then(nil)
        }
        tasks.withLock { $0.append(task) }
        while database.counters.waiting == before { try await Task.sleep(for: .microseconds(200)) }
        return task
    }

    func release() { isReleased.withLock { $0 = true } }

    fileprivate func hold() async throws {
        let hasBegun = Mutex(false)
        let holding = Task { [database] in
            try await database.write { [self] _ in
                hasBegun.withLock { $0 = true }
                // The writer's own thread waits, none of Swift's.
                while !isReleased.withLock({ $0 }) { usleep(200) }
            }
        }
        tasks.withLock { $0.append(holding) }
        while !hasBegun.withLock({ $0 }) { await Task.yield() }
    }

    fileprivate func drain() async {
        for task in tasks.withLock({ $0 }) { _ = await task.result }
    }
}

extension Database {
    /// Runs `body` while the writer is busy, then lets it go and waits for everything enqueued.
    func holdingWriter(_ body: (WriterHold) async throws -> Void) async throws {
        let hold = WriterHold(self)
        try await hold.hold()
        do { try await body(hold) } catch {
            hold.release()
            throw error
        }
        hold.release()
        await hold.drain()
    }
}

/// The kind of failure in words both databases share.
func kind(_ error: (any Error)?) -> String {
    switch error {
    case nil: "none"
    case is Stop: "stop"
    case is CancellationError: "cancelled"
    case StorageError.uniqueViolation?: "unique"
    case StorageError.foreignKeyViolation?: "foreign key"
    case StorageError.checkViolation?: "check"
    case StorageError.conflict?: "conflict"
    case StorageError.notWritable?: "not writable"
    case StorageError.other?: "other"
    case let error?: "\(error)"
    }
}

/// A database file that goes with the test.
final class TemporaryFile: Sendable {
    let path = NSTemporaryDirectory() + UUID().uuidString + ".sqlite"

    deinit {
        // What is left over lies in the temporary folder and disturbs nobody.
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
}
