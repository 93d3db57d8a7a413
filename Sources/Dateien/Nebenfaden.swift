import Foundation

/// Work that waits for disks or networks, away from the threads that answer requests, a few at a time.
///
/// What waits for its turn holds no thread.
struct Nebenfaden: Sendable {
    private static let speicher = Nebenfaden("leitstand.dateien", 8)
    /// Its own places, so that a scanner that hangs keeps nobody from getting a file.
    static let scanner = Nebenfaden("leitstand.virenscanner", 4)

    private let queue: OperationQueue

    private init(_ name: String, _ count: Int) {
        queue = OperationQueue()
        queue.name = name
        queue.maxConcurrentOperationCount = count
    }

    static func tue<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await speicher.tue(work)
    }

    func tue<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.addOperation { continuation.resume(with: Result { try work() }) }
        }
    }
}
