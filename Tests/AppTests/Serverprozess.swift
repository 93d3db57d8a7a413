import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Synchronization
import TestKit
import Testing

/// The program that this run was built with, as a server of its own.
final class Serverprozess: Sendable {
    struct Antwort: Sendable { let status: Int, headers: HTTPFields, text: String }

    let port: Int
    private let pid: pid_t
    private let ausgabe: String
    private let lebt = Mutex(true)

    /// Starts a server on a port that is free and waits until it answers.
    static func starte(_ umgebung: [String: String], _ ordner: String) async throws -> Serverprozess {
        for _ in 0..<5 {
            let port = Int.random(in: 20_000..<32_000)
            let process = Programm.prozess(["serve", "--port", "\(port)"], umgebung: umgebung)
            let file = ordner + "/server-\(port).log"
            try Data().write(to: URL(filePath: file))
            let handle = try #require(FileHandle(forWritingAtPath: file))
            (process.standardOutput, process.standardError) = (handle, handle)
            try process.run()
            let server = Serverprozess(port: port, pid: process.processIdentifier, ausgabe: file)
            for _ in 0..<600 {
                if !process.isRunning { break }
                if (try? await server.hole("/readyz").status) == 200 { return server }
                try await Task.sleep(for: .milliseconds(100))
            }
            server.beende(SIGKILL)
            // Another program may have had the port.
            guard server.protokoll.contains("ddress already in use") else { break }
        }
        throw POSIXError(.ECONNREFUSED)
    }

    private init(port: Int, pid: pid_t, ausgabe: String) { (self.port, self.pid, self.ausgabe) = (port, pid, ausgabe) }

    deinit { if lebt.withLock({ $0 }) { kill(pid, SIGKILL) } }

    func beende(_ signal: Int32 = SIGTERM) {
        // Its number may soon belong to somebody else, a thread of ours among them.
        guard
            lebt.withLock({ lives in
                defer { lives = false }
                return lives
            })
        else { return }
        kill(pid, signal)
        // Foundation collects the process; a second server may only begin when this one has let go.
        for _ in 0..<1_000 where kill(pid, 0) == 0 { usleep(20_000) }
    }

    var protokoll: String {
        FileManager.default.contents(atPath: ausgabe).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func hole(_ path: String, cookie: String? = nil) async throws -> Antwort {
        try await sende(path, .get, cookie: cookie, nil)
    }

    func poste(_ path: String, cookie: String?, _ felder: [(String, String)]) async throws -> Antwort {
        let body = felder.map { "\($0)=\($1.replacing("@", with: "%40"))" }.joined(separator: "&")
        return try await sende(path, .post, cookie: cookie, body)
    }

    private func sende(
        _ path: String, _ method: HTTPRequest.Method, cookie: String?, _ body: String?
    ) async throws -> Antwort {
        var headers: HTTPFields = [.connection: "close"]
        if let cookie { headers[.cookie] = cookie }
        if body != nil { headers[.contentType] = "application/x-www-form-urlencoded" }
        let request = TestClient.Request(
            path, method: method, authority: "localhost:\(port)", headers: headers,
            body: body.map { ByteBuffer(string: $0) })
        let configuration = TestClient.Configuration(timeout: .seconds(60))
        return try await TestClient.withClient(host: "127.0.0.1", port: port, configuration: configuration) { client in
            let response = try await client.execute(request)
            return Antwort(
                status: response.status.code, headers: response.headers,
                text: response.body.map { String(buffer: $0) } ?? "")
        }
    }

    /// Signs in and gives the cookie of the session.
    func meldeAn(_ email: String, _ passwort: String) async throws -> String {
        let form = try await hole("/anmelden")
        let vor = try #require(form.headers[.setCookie]?.prefix { $0 != ";" })
        let csrf = try #require(form.text.firstMatch(of: #/name="csrf" value="([^"]+)"/#)?.1)
        let answer = try await poste(
            "/anmelden", cookie: String(vor), [("csrf", String(csrf)), ("email", email), ("passwort", passwort)])
        #expect(answer.status == 303, "\(answer.text)")
        let cookie = answer.headers[values: .setCookie].first { $0.hasPrefix("leitstand_sitzung=") }
        return String(try #require(cookie).prefix { $0 != ";" })
    }
}
