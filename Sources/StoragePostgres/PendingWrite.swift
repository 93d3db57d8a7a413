import Storage
import Synchronization

/// What became of a unit of work that writes.
enum WriteEnding {
    /// It is saved, or it failed with this error and left nothing behind.
    case done((any Error)?)
    /// Nothing was saved; the next try may succeed.
    case conflict
    case lost(StorageError)
}

/// A unit of work that writes, whatever it returns.
protocol PendingWrite: AnyObject, Sendable {
    var unit: UnitOfWork { get }

    /// Runs the body and keeps what it returned.
    func run(in db: any SQLConnection) throws

    /// Answers the caller, once.
    func answer(_ ending: WriteEnding)

    /// Answers a caller whose unit does not run.
    func refuse(_ error: any Error)
}

/// One try to run the unit of work of a call of `write`.
final class WriteUnit<T: Sendable>: PendingWrite {
    let unit: UnitOfWork
    private let body: @Sendable (any SQLConnection) throws -> T
    private let continuation: CheckedContinuation<Attempt<T>, any Error>
    private let result = Mutex<T?>(nil)

    init(
        _ unit: UnitOfWork, _ continuation: CheckedContinuation<Attempt<T>, any Error>,
        _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) {
        (self.unit, self.continuation, self.body) = (unit, continuation, body)
    }

    func run(in db: any SQLConnection) throws {
        let value = try body(db)
        result.withLock { $0 = value }
    }

    func answer(_ ending: WriteEnding) {
        switch ending {
        case .conflict: continuation.resume(returning: .conflict)
        case .lost(let error): continuation.resume(returning: .lost(error))
        case .done(let error):
            if error == nil, let value = result.withLock({ $0 }) {
                continuation.resume(returning: .done(.success(value)))
            } else {
                continuation.resume(returning: .done(.failure(error ?? CancellationError())))
            }
        }
    }

    func refuse(_ error: any Error) { continuation.resume(throwing: error) }
}
