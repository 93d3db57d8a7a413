import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Synchronization
import TestKit
import Testing

@testable import Web

/// Keeps what was logged, as text.
private struct Mitschrift: LogHandler {
    final class Zeilen: Sendable {
        let alle = Mutex<[String]>([])
    }

    let zeilen: Zeilen
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let line =
            "\(event.message) " + all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        zeilen.alle.withLock { $0.append(line) }
    }
}

@Suite struct ProtokollTests {
    @Test func `a request is one line with method, route, status and time, without its query or a person`() async throws
    {
        let zeilen = Mitschrift.Zeilen()
        let router = try Kleinseite.router { routes in
            routes.get("/dinge/{id}") { _, _ in Response(status: .ok) }
            routes.post("/dinge/{id}", .oeffentlich) { _, _ in
                throw Refusal(.unprocessable, "frau.muster@example.org gibt es nicht")
            }
        }
        let logger = Logger(label: "test") { _ in Mitschrift(zeilen: zeilen) }
        try await Application(responder: ResponseChain(routes: router.buildResponder()), logger: logger).test(.router) {
            (client) async throws in
            _ = try await client.execute(
                uri: "/dinge/frau.muster%40example.org?q=suchwort&email=frau.muster@example.org", method: .get)
            _ = try await client.execute(
                uri: "/dinge/7?q=suchwort", method: .post, body: ByteBuffer(string: "email=frau.muster@example.org"))
            _ = try await client.execute(uri: "/frau.muster@example.org?q=suchwort", method: .get)
        }
        let lines = zeilen.alle.withLock { $0 }.filter { $0.hasPrefix("anfrage ") }
        #expect(lines.count == 3)
        #expect(lines.first?.contains("methode=GET") == true)
        #expect(lines.first?.contains("weg=/dinge/{id}") == true)
        #expect(lines.first?.contains("status=200") == true)
        #expect(lines.first?.contains("mikrosekunden=") == true)
        #expect(lines.dropFirst().first?.contains("status=422") == true)
        #expect(lines.last?.contains("status=404") == true)
        for line in zeilen.alle.withLock({ $0 }) {
            for word in ["suchwort", "muster", "example.org", "?"] { #expect(!line.contains(word), "\(line)") }
        }
    }
}
