import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Storage
import Synchronization
import TestKit
import Testing

@testable import Web

/// A table of one number, a page that shows it, and the chain of every request before that page.
struct Kleinkette: Sendable {
    static let migrations = [
        Migration(
            "cachetest-0001-zahl", "CREATE TABLE cachezahl (id BIGINT NOT NULL PRIMARY KEY, wert BIGINT NOT NULL)",
            "INSERT INTO cachezahl (id, wert) VALUES (1, 0)")
    ]

    /// A clock that a test sets, and what it lets wait.
    final class Lage: Sendable {
        let jetzt = Mutex(Welt.jetzt)
        let gezeichnet = Mutex(0)
        let status = Mutex(HTTPResponse.Status.ok)
        let schranke = Mutex<Schranke?>(nil)
    }

    let database: any Database
    let cache: ResponseCache
    let chain: ResponseChain
    let lage: Lage

    init(
        _ database: any Database, bytes: Int = 32 << 20,
        exceptions: ResponseChain.Exceptions = .init(prefixes: ["/gesund"], routes: ["/datei"]),
        log: RequestLog = RequestLog(), drosselung: Drosselung? = nil, _ add: (inout Routes) -> Void = { _ in }
    ) throws {
        let lage = Lage()
        let router = try Kleinseite.router { routes in
            // Shows the number, after waiting where the test wants that.
            routes.get("/zahl") { _, _ in
                let wert = try await database.read { db in try Self.zahl(in: db) }
                lage.gezeichnet.withLock { $0 += 1 }
                await lage.schranke.withLock { $0 }?.warte()
                return Response(
                    status: lage.status.withLock { $0 }, headers: [.cacheControl: "no-cache"],
                    body: .init(byteBuffer: ByteBuffer(string: "\(wert)")))
            }
            routes.get("/laenge/{bytes}") { _, context in
                lage.gezeichnet.withLock { $0 += 1 }
                let count = Int(try context.parameter("bytes")) ?? 0
                return .json([UInt8](repeating: 65, count: count))
            }
            add(&routes)
        }
        self.lage = lage
        self.database = database
        cache = ResponseCache(bytes: bytes, database: database, now: { lage.jetzt.withLock { $0 } })
        chain = ResponseChain(
            routes: router.buildResponder(), cache: cache, exceptions: exceptions, log: log,
            drosselung: drosselung)
    }

    var gezeichnet: Int { lage.gezeichnet.withLock { $0 } }

    static func zahl(in db: any SQLConnection) throws -> Int {
        try db.value("SELECT wert FROM cachezahl WHERE id = 1") ?? -1
    }

    /// Adds one and returns the number then committed.
    func zaehleHoch() async throws -> Int {
        try await database.write { db in
            let next = try Kleinkette.zahl(in: db) + 1
            try db.execute("UPDATE cachezahl SET wert = \(next) WHERE id = 1")
            return next
        }
    }

    func run(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        try await Application(responder: chain, logger: logger).test(.router, body)
    }
}

extension TestClientProtocol {
    func hole(
        _ path: String, _ method: HTTPRequest.Method = .get, _ headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        try await execute(uri: path, method: method, headers: headers, body: nil) { $0 }
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
}

/// Holds requests until it is opened, and tells when the first has come.
final class Schranke: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var watchers: [CheckedContinuation<Void, Never>] = []
        var count = 0
    }

    private let state = Mutex(State())

    func warte() async {
        await withCheckedContinuation { continuation in
            let (pass, watchers) = state.withLock { state in
                state.count += 1
                if !state.isOpen { state.waiting.append(continuation) }
                defer { state.watchers = [] }
                return (state.isOpen, state.watchers)
            }
            if pass { continuation.resume() }
            for watcher in watchers { watcher.resume() }
        }
    }

    /// Returns when somebody waits or has passed.
    func erreicht() async {
        await withCheckedContinuation { continuation in
            let there = state.withLock { state in
                if state.count == 0 { state.watchers.append(continuation) }
                return state.count > 0
            }
            if there { continuation.resume() }
        }
    }

    func oeffne() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
