import Foundation
import Kernel
import Logging
import NIOCore
import Synchronization
import TestKit
import Testing

@testable import App

/// A server on a real socket with short limits, and clients that do not behave.
@Suite struct NetzTests {
    private static func grenzen(_ change: (inout Netzgrenzen) -> Void = { _ in }) -> Netzgrenzen {
        var grenzen = Netzgrenzen()
        grenzen.takt = .milliseconds(50)
        change(&grenzen)
        return grenzen
    }

    private func mitServer(_ grenzen: Netzgrenzen, _ body: @escaping @Sendable (Int) async throws -> Void) async throws
    {
        let site = try TestSite(try await Welt.beispiel(.sqliteFile))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let quiet = logger
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Server.run(
                    site.leitstand, host: "127.0.0.1", port: 0, grenzen: grenzen, signale: [], logger: quiet
                ) { found.yield($0) }
            }
            var waiting = ports.makeAsyncIterator()
            let port = try #require(await waiting.next())
            group.addTask { try await body(port) }
            // The body first: the server only ends because it is cancelled.
            try await group.next()
            group.cancelAll()
            // How a cancelled server ends is no matter of these tests.
            while let _ = try? await group.next() {}
        }
    }

    @Test func `a head that drips gets 408 and the end`() async throws {
        try await mitServer(Self.grenzen { $0.kopf = .milliseconds(400) }) { port in
            let answer = try await Leitung.mit(port) { leitung in
                let start = ContinuousClock.now
                leitung.sende("GET / HTTP/1.1\r\nHost: a\r\n")
                while ContinuousClock.now - start < .seconds(5), leitung.sende("X") { usleep(50_000) }
                return (leitung.lies(), ContinuousClock.now - start)
            }
            #expect(answer.0.hasPrefix("HTTP/1.1 408 "))
            #expect(answer.0.lowercased().contains("connection: close"))
            #expect(answer.1 < .seconds(4))
        }
    }

    @Test func `a body that drips gets 408 and the end`() async throws {
        try await mitServer(Self.grenzen { $0.koerper = .milliseconds(400) }) { port in
            let answer = try await Leitung.mit(port) { leitung in
                let start = ContinuousClock.now
                leitung.sende(
                    "POST /anmelden HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                        + "Content-Length: 5000\r\n\r\n")
                while ContinuousClock.now - start < .seconds(5), leitung.sende("x") { usleep(50_000) }
                return (leitung.lies(), ContinuousClock.now - start)
            }
            #expect(answer.0.hasPrefix("HTTP/1.1 408 "))
            #expect(answer.1 < .seconds(4))
        }
    }

    @Test func `an answer that nobody takes is broken off, and the server goes on`() async throws {
        try await mitServer(Self.grenzen { $0.abnahme = .milliseconds(500) }) { port in
            let isBroken = try await Leitung.mit(port, empfang: 2_048) { leitung in
                // Far more answers than the buffers of both sides hold.
                for _ in 0..<2_000 { leitung.sende("GET /assets/x/leitstand.css HTTP/1.1\r\nHost: a\r\n\r\n") }
                let start = ContinuousClock.now
                while ContinuousClock.now - start < .seconds(8) {
                    usleep(100_000)
                    if leitung.istTot { return true }
                }
                return false
            }
            #expect(isBroken)
            #expect(try await Leitung.hole(port, "/healthz").hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `a connection without a request is closed, and one between two requests is kept that long`() async throws
    {
        try await mitServer(Self.grenzen { $0.leerlauf = .milliseconds(700) }) { port in
            let (second, took) = try await Leitung.mit(port) { leitung in
                leitung.sende("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                usleep(300_000)
                leitung.sende("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                let start = ContinuousClock.now
                return (leitung.lies(), ContinuousClock.now - start)
            }
            #expect(second.components(separatedBy: "HTTP/1.1 200 ").count == 3)
            #expect(took > .milliseconds(500) && took < .seconds(4))
        }
    }

    @Test func `with too many connections idle ones make room, and busy ones get 503 for the newcomer`() async throws {
        let grenzen = Self.grenzen {
            $0.verbindungen = 20
            // Long enough for a machine that does much else.
            $0.kopf = .seconds(300)
            $0.leerlauf = .seconds(300)
        }
        try await mitServer(grenzen) { port in
            let held = try (0..<20).map { _ in try Leitung(port) }
            for leitung in held { leitung.sende("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n") }
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await Leitung.hole(port, "/healthz").hasPrefix("HTTP/1.1 200 "))
            let closed = held.count { $0.istTot }
            #expect(closed >= 1 && closed < 10)
            // Each of them begins a head, so none is idle: sooner or later there is nobody left to make room.
            var busy: [Leitung] = []
            var refused = ""
            while busy.count < 400, !refused.hasPrefix("HTTP/1.1 503 ") {
                for _ in 0..<20 {
                    let leitung = try Leitung(port)
                    leitung.sende("GET / HTTP/1.1\r\n")
                    busy.append(leitung)
                }
                try await Task.sleep(for: .milliseconds(100))
                refused = try await Leitung.hole(port, "/healthz")
            }
            #expect(refused.hasPrefix("HTTP/1.1 503 "))
            #expect(refused.contains("Retry-After: 5") && refused.contains("zu viele Verbindungen"))
            _ = (held, busy)
        }
    }

    @Test func `figures are shown to this machine, and tell of connections and requests`() async throws {
        try await mitServer(Self.grenzen()) { port in
            _ = try await Leitung.hole(port, "/leistungen")
            let figures = try await Leitung.hole(port, "/metrics")
            #expect(figures.hasPrefix("HTTP/1.1 200 "))
            for line in [
                "leitstand_http_requests_total{method=\"GET\",route=\"/leistungen\",status=\"200\"} 1",
                "leitstand_connections_open 1", "leitstand_connections_accepted_total 2",
                "# TYPE process_resident_memory_bytes gauge", "# TYPE leitstand_database_reads_total counter",
                "leitstand_job_failures_total{job=\"suchindex\"} 0", "leitstand_build_info{version=",
            ] { #expect(figures.contains(line), "\(line)") }
            let foreign = try await Leitung.hole(port, "/metrics", "X-Forwarded-For: 203.0.113.9\r\n")
            #expect(foreign.hasPrefix("HTTP/1.1 403 ") && foreign.contains("LEITSTAND_METRIKEN"))
        }
    }

    @Test func `forms that drip do not keep others from signing in`() async throws {
        try await mitServer(Self.grenzen()) { port in
            let drips = try (0..<100).map { _ in try Leitung(port) }
            for drip in drips {
                drip.sende(
                    "POST /anmelden HTTP/1.1\r\nHost: a\r\nCookie: leitstand_vor=vorvorvorvorvorvorvorvor\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + "6\r\nemail=\r\n")
            }
            let start = ContinuousClock.now
            #expect(try await Leitung.hole(port, "/anmelden").hasPrefix("HTTP/1.1 200 "))
            #expect(ContinuousClock.now - start < .seconds(8))
            withExtendedLifetime(drips) {}
        }
    }

    @Test func `a request that could be read in two ways is refused`() async throws {
        try await mitServer(Self.grenzen()) { port in
            let form = "POST /anmelden HTTP/1.1\r\nHost: a\r\n"
            let second = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
            for request in [
                form + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                form + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
                form + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                form + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                form + "Content-Length: +5\r\n\r\nabcde", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
                "GET /healthz HTTP/1.1\nHost: a\n\n",
                "GET /leistungen HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
            ] {
                let answer = try await Leitung.mit(port) { leitung in
                    leitung.sende(request + second)
                    return leitung.lies()
                }
                #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(request): \(answer.prefix(80))")
                #expect(!answer.contains(" 200 "), "\(request)")
            }
        }
    }

    @Test func `who asks with HTTP 1.0 or to close is closed after the answer, others are kept`() async throws {
        try await mitServer(Self.grenzen()) { port in
            for head in [
                "HTTP/1.0\r\nHost: a\r\n", "HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n",
                "HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: upgrade\r\n",
            ] {
                let answer = try await Leitung.mit(port) { leitung in
                    leitung.sende("GET /healthz \(head)\r\n")
                    return leitung.lies()
                }
                #expect(answer.contains(" 200 ") && answer.lowercased().contains("connection: close"), "\(head)")
            }
        }
    }
}

/// A blocking socket of a client; nothing of it may run on the threads that run the server.
private final class Leitung: Sendable {
    private let fd: Int32

    init(_ port: Int, empfang: Int32? = nil) throws {
        fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var wait = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        if var size = empfang { setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, 4) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Refusal(.unavailable, "keine Verbindung") }
    }

    deinit { close(fd) }

    static func mit<T: Sendable>(
        _ port: Int, empfang: Int32? = nil, _ body: @escaping @Sendable (Leitung) -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { body(try Leitung(port, empfang: empfang)) })
            }
        }
    }

    static func hole(_ port: Int, _ path: String, _ headers: String = "") async throws -> String {
        try await mit(port) { leitung in
            leitung.sende("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(headers)\r\n")
            return leitung.lies()
        }
    }

    /// Whether anybody still took it.
    @discardableResult
    func sende(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return send(fd, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) == bytes.count
    }

    /// Everything until the other side closes, or ten seconds.
    func lies() -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(fd, &buffer, buffer.count, 0)
            if count <= 0 { return String(decoding: all, as: UTF8.self) }
            all += buffer.prefix(count)
        }
    }

    /// The other side closed or broke off; takes nothing out of the buffer.
    var istTot: Bool {
        var entry = pollfd(fd: fd, events: Int16(0x2000), revents: 0)
        return poll(&entry, 1, 0) > 0
    }
}
