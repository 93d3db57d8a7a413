import Dispatch

/// Work that waits for disks or networks, away from the threads that answer requests, a few at a time.
enum Nebenfaden {
    private static let queue = DispatchQueue(label: "leitstand.dateien", attributes: .concurrent)
    private static let plaetze = DispatchSemaphore(value: 8)

    static func tue<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                plaetze.wait()
                defer { plaetze.signal() }
                continuation.resume(with: Result { try work() })
            }
        }
    }
}
