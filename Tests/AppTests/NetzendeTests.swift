import Dispatch
import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import App

/// A server that ends while readers go on connecting.
@Suite struct NetzendeTests {
    @Test(arguments: ["told to stop", "cancelled"])
    func `a connection that comes while the server ends is closed and harms nothing`(_ end: String) async throws {
        for _ in 0..<4 {
            let (ports, found) = AsyncStream.makeStream(of: Int.self)
            let verbindungen = Verbindungen(Netzgrenzen())
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let router = Router()
            router.get("/") { _, _ in "da" }
            let server = Application(
                router: router, server: HTTPServerBuilder { Netzkanal(verbindungen, responder: $0) },
                configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: nil, backlog: 1_024),
                onServerRunning: { found.yield($0.localAddress?.port ?? 0) }, logger: logger)
            let service = ServiceGroup(services: [server], logger: logger)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                var waiting = ports.makeAsyncIterator()
                let port = try #require(await waiting.next())
                let clients = (0..<4).map { _ in Draengler(port) }
                // Some come before the end, some in the middle of it.
                try await Task.sleep(for: .milliseconds(20))
                if end == "cancelled" { group.cancelAll() } else { await service.triggerGracefulShutdown() }
                // How a cancelled server ends is no matter of this rule.
                while let _ = try? await group.next() {}
                for client in clients { await client.ende() }
            }
        }
    }
}

/// Connects again and again, on a thread of its own, as long as somebody listens.
private final class Draengler: Sendable {
    private let genug = Atomic(false)
    private let beendet: AsyncStream<Void>

    init(_ port: Int) {
        let (beendet, fertig) = AsyncStream.makeStream(of: Void.self)
        self.beendet = beendet
        Thread.detachNewThread { [self] in
            while !genug.load(ordering: .relaxed), Self.verbinde(port) {}
            fertig.finish()
        }
    }

    func ende() async {
        genug.store(true, ordering: .relaxed)
        for await _ in beendet {}
    }

    private static func verbinde(_ port: Int) -> Bool {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard fd >= 0 else { return false }
        defer { close(fd) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
