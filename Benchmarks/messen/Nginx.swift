import Foundation

/// The peer that serves the same bytes from files: nginx with its access log, a configuration and a folder of its own.
final class Nginx {
    private let prozess = Process()
    private let ordner: String
    let port: Int

    /// - Parameter seiten: body of each path; `kopf` holds the headers that all of them get besides nginx's own.
    init(ordner: String, seiten: [String: [UInt8]], kopf: [(name: String, wert: String)]) throws {
        self.ordner = ordner
        port = try freierPort()
        for (path, body) in seiten {
            let file = URL(filePath: ordner + "/www" + path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(body).write(to: file)
        }
        try konfiguration(kopf).write(toFile: ordner + "/nginx.conf", atomically: true, encoding: .utf8)
        prozess.executableURL = URL(filePath: Nginx.programm)
        prozess.arguments = ["-p", ordner, "-c", ordner + "/nginx.conf", "-e", ordner + "/error.log"]
        prozess.standardInput = FileHandle.nullDevice
        prozess.standardOutput = FileHandle.nullDevice
        prozess.standardError = FileHandle.nullDevice
        try prozess.run()
        let begin = ContinuousClock.now
        while !antwortet(seiten.keys.sorted().first ?? "/") {
            guard prozess.isRunning, ContinuousClock.now - begin < .seconds(10) else {
                let log = FileManager.default.contents(atPath: ordner + "/error.log") ?? Data()
                beende()
                throw Serverprozess.Fehler(
                    description: "nginx antwortet nicht.\n" + String(decoding: log.suffix(2_000), as: UTF8.self))
            }
            usleep(5_000)
        }
    }

    deinit { beende() }

    func beende() {
        guard prozess.isRunning else { return }
        prozess.terminate()
        prozess.waitUntilExit()
    }

    /// Debian keeps it where only the path of root looks.
    private static var programm: String {
        ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"]
            .first { FileManager.default.isExecutableFile(atPath: $0) } ?? "/usr/sbin/nginx"
    }

    private func antwortet(_ path: String) -> Bool {
        // Not there yet: the next try may be answered.
        guard let connection = try? HTTPVerbindung(port: port), let answer = try? connection.hole(path) else {
            return false
        }
        return answer.status == 200
    }

    /// As Debian sets it up, but for what would favour one side: connections are kept as long, nothing is compressed.
    private func konfiguration(_ headers: [(name: String, wert: String)]) -> String {
        let added = headers.map { "add_header \($0.name) \"\($0.wert)\";" }.joined(separator: "\n        ")
        // Workers of a nginx that root started would be nobody, who cannot enter the folder of this run.
        let user = geteuid() == 0 ? "user root root;" : ""
        let scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(ordner)/\($0);" }.joined(separator: "\n    ")
        return """
            \(user)
            daemon off;
            worker_processes auto;
            pid \(ordner)/nginx.pid;
            error_log \(ordner)/error.log;
            events { worker_connections 768; }
            http {
                \(scratch)
                default_type "text/html; charset=utf-8";
                access_log \(ordner)/access.log combined;
                sendfile on;
                tcp_nopush on;
                gzip off;
                keepalive_requests 1000000000;
                server_tokens off;
                server {
                    listen 127.0.0.1:\(port);
                    root \(ordner)/www;
                    \(added)
                }
            }
            """
    }
}
