import Foundation
import Glibc
import Kernel
import Storage

/// A PostgreSQL server of its own for one trial: reached through a socket in its folder only, gone afterwards.
final class Probecluster: Sendable {
    private let folder: Zwischenordner
    private let server: Kindprozess

    private init(_ folder: Zwischenordner, _ server: Kindprozess) { (self.folder, self.server) = (folder, server) }

    static func start() async throws -> Probecluster {
        guard let found = PostgresProgramme.server else {
            throw Refusal(
                .notFound,
                "Die Sicherung enthält eine PostgreSQL-Datenbank. Nennen Sie einen Server mit --postgres, oder installieren Sie das Debian-Paket postgresql."
            )
        }
        // Not where large files belong: the path of a socket has at most 107 characters.
        let folder = try Zwischenordner(in: "/tmp", prefix: "leitstand-pg-")
        let account = try account(for: folder.pfad)
        let data = folder.pfad + "/daten"
        let options = [
            "-D", data, "-U", "leitstand", "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8",
        ]
        let (initdb, arguments) = command(found.folder + "/initdb", options, account)
        if let problem = try Kindprozess.run(initdb, arguments) { throw failed(problem) }
        // A child of this process, not a daemon: it is told to stop and waited for like any other.
        let settings = [
            "listen_addresses=", "unix_socket_directories=\(folder.pfad)", "fsync=off", "full_page_writes=off",
        ]
        let (postgres, words) = command(
            found.folder + "/postgres", ["-D", data] + settings.flatMap { ["-c", $0] }, account)
        let server = Kindprozess(postgres, words)
        try server.start()
        let cluster = Probecluster(folder, server)
        try await cluster.waitUntilReady()
        return cluster
    }

    var conninfo: String { "host=\(folder.pfad) user=leitstand dbname=postgres" }

    func stop() { server.stop() }

    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                _ = try await PostgresEinspielung.open(conninfo) { try await PostgresServer.version($0) }
                return
            } catch StorageError.unavailable(let reason) {
                if server.isRunning, ContinuousClock.now < deadline {
                    try await Task.sleep(for: .milliseconds(50))
                    continue
                }
                let problem = server.isRunning ? reason : server.wait() ?? reason
                stop()
                throw Probecluster.failed(problem)
            }
        }
    }

    private static func failed(_ problem: String) -> Refusal {
        Refusal(.unavailable, "Der vorübergehende PostgreSQL-Server ließ sich nicht betreiben: \(problem)")
    }

    /// PostgreSQL refuses to run as root, so another account takes the folder.
    private static func account(for path: String) throws -> passwd? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            guard let entry = getpwnam(name)?.pointee else { continue }
            guard chown(path, entry.pw_uid, entry.pw_gid) == 0 else { throw systemfehler(path) }
            return entry
        }
        throw Refusal(.unavailable, "PostgreSQL läuft nicht als root, und ein anderes Konto gibt es nicht.")
    }

    private static func command(
        _ program: String, _ arguments: [String], _ account: passwd?
    ) -> (program: String, arguments: [String]) {
        guard let account else { return (program, arguments) }
        let identity = ["--reuid=\(account.pw_uid)", "--regid=\(account.pw_gid)", "--clear-groups"]
        return ("/usr/bin/setpriv", identity + [program] + arguments)
    }
}
