import HummingbirdCore
import NIOCore
import Synchronization

/// A connection on its way from the event loop, which opened it, to the task that serves it.
///
/// A server that ends in between serves nobody any more, and a connection that is dropped on the way brings the whole
/// program down: its writer insists on being finished. So whatever nobody took is finished here.
final class Uebergabe: ServerChildChannelValue {
    private let kanal: HTTP1Channel.Value
    private let istGenommen = Atomic(false)

    init(_ kanal: HTTP1Channel.Value) { self.kanal = kanal }

    deinit {
        guard !istGenommen.load(ordering: .acquiring) else { return }
        // Closes the connection; how that goes concerns nobody who is left.
        Task { [kanal] in try? await kanal.executeThenClose { _, _ in } }
    }

    var channel: any Channel { kanal.channel }

    /// To be called by whoever serves the connection to its end.
    func nimm() -> HTTP1Channel.Value {
        istGenommen.store(true, ordering: .releasing)
        return kanal
    }
}
