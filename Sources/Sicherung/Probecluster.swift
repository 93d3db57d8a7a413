import Foundation
import Glibc
import Kernel

/// A PostgreSQL server of its own for one trial: reached through a socket in its folder only, gone afterwards.
final class Probecluster: Sendable {
    private let folder: Zwischenordner
    private let programs: String
    private let account: String?

    init() throws {
        guard let server = PostgresProgramme.server else {
            throw Refusal(
                .notFound,
                "Die Sicherung enthält eine PostgreSQL-Datenbank. Nennen Sie einen Server mit --postgres, oder installieren Sie das Debian-Paket postgresql."
            )
        }
        // Not where large files belong: the path of a socket has at most 107 characters.
        folder = try Zwischenordner(in: "/tmp", prefix: "leitstand-pg-")
        programs = server.folder
        account = try Probecluster.account(for: folder.pfad)
        let data = folder.pfad + "/daten"
        try run("initdb", ["-D", data, "-U", "leitstand", "-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"])
        let options =
            "-c listen_addresses='' -c unix_socket_directories='\(folder.pfad)' -c fsync=off -c full_page_writes=off"
        try run(
            "pg_ctl", ["-D", data, "-s", "-w", "-t", "60", "-l", folder.pfad + "/server.log", "-o", options, "start"])
    }

    var conninfo: String { "host=\(folder.pfad) user=leitstand dbname=postgres" }

    func stop() {
        // The folder goes in any case, and a server without its folder ends by itself.
        try? run("pg_ctl", ["-D", folder.pfad + "/daten", "-s", "-m", "immediate", "-w", "stop"])
    }

    /// PostgreSQL refuses to run as root, so another account takes the folder.
    private static func account(for path: String) throws -> String? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            guard let entry = getpwnam(name) else { continue }
            guard chown(path, entry.pointee.pw_uid, entry.pointee.pw_gid) == 0 else { throw systemfehler(path) }
            return name
        }
        throw Refusal(.unavailable, "PostgreSQL läuft nicht als root, und ein anderes Konto gibt es nicht.")
    }

    private func run(_ name: String, _ arguments: [String]) throws {
        let program = programs + "/" + name
        let problem =
            try account.map { try Kindprozess.run("/usr/sbin/runuser", ["-u", $0, "--", program] + arguments) }
            ?? Kindprozess.run(program, arguments)
        if let problem {
            throw Refusal(.unavailable, "Der vorübergehende PostgreSQL-Server ließ sich nicht betreiben: \(problem)")
        }
    }
}
