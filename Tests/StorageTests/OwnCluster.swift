import Foundation

/// A PostgreSQL cluster of a test's own, which it may stop and start.
final class OwnCluster: Sendable {
    let folder: String
    private let programs: String

    /// `nil` on a machine without the server's programs.
    static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        // A machine without that folder has none; then the rule is skipped with its reason.
        return versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .map { "\(root)/\($0)/bin" }.first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }()

    var conninfo: String { "host=\(folder) user=leitstand dbname=postgres" }

    init(_ programs: String) throws {
        self.programs = programs
        // A socket's path is short by law, so not below the temporary folder.
        folder = "/tmp/leitstand-ts-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if getuid() == 0 { try OwnCluster.run("/bin/chown", ["postgres", folder]) }
        try server(
            "initdb",
            ["-D", folder + "/daten", "-U", "leitstand", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"])
        try start()
    }

    deinit {
        // Nobody reads what is left over, and the folder goes with it.
        try? stop("immediate")
        try? FileManager.default.removeItem(atPath: folder)
    }

    func start() throws {
        try server(
            "pg_ctl",
            [
                "-D", folder + "/daten", "-s", "-w", "-t", "60", "-l", folder + "/server.log", "-o",
                "-c listen_addresses='' -c unix_socket_directories=\(folder) -c shared_buffers=16MB", "start",
            ])
    }

    /// - Parameter mode: `fast` ends every session with a message, `immediate` is as good as a crash.
    func stop(_ mode: String) throws {
        try server("pg_ctl", ["-D", folder + "/daten", "-s", "-w", "-t", "60", "-m", mode, "stop"])
    }

    /// PostgreSQL refuses to run as root.
    private func server(_ program: String, _ arguments: [String]) throws {
        // Foundation learns of the end through a pipe, which the server would inherit and hold open.
        let closing = #"for f in /proc/self/fd/*; do n=${f##*/}; [ "$n" -le 2 ] || eval "exec $n>&-"; done; exec "$@""#
        let call = ["/bin/bash", "-c", closing, "bash", programs + "/" + program] + arguments
        if getuid() == 0 {
            try OwnCluster.run("/usr/sbin/runuser", ["-u", "postgres", "--"] + call)
        } else {
            try OwnCluster.run(call[0], Array(call.dropFirst()))
        }
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: "/")
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(call: arguments.joined(separator: " ")) }
    }

    struct Failure: Error { let call: String }
}
