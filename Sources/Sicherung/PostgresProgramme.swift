import Foundation
import Kernel

/// Finds the programs that come with PostgreSQL.
enum PostgresProgramme {
    /// The program that fits a server best: of its main version, else the next newer one.
    ///
    /// - Throws: `Refusal` when there is none, or only older ones, which cannot read a newer server.
    static func find(_ name: String, for server: Int) throws -> String {
        let found = ordner.map { $0 + "/" + name }.compactMap { path in version(of: path).map { (path, $0) } }
        guard !found.isEmpty else {
            throw Refusal(
                .notFound, "Das Programm \(name) fehlt. Installieren Sie das Debian-Paket postgresql-client.")
        }
        guard let best = found.filter({ $0.1 >= server }).min(by: { $0.1 < $1.1 }) else {
            let newest = found.map(\.1).max() ?? 0
            throw Refusal(
                .unprocessable,
                "\(name) ist zu alt: gefunden wurde Version \(newest), der Server hat Version \(server). Installieren Sie das Debian-Paket postgresql-client-\(server)."
            )
        }
        return best.0
    }

    /// `initdb` of the newest server on this machine; `nil` without one.
    static var server: (folder: String, version: Int)? {
        ordner.compactMap { folder in version(of: folder + "/initdb").map { (folder, $0) } }.max { $0.1 < $1.1 }
    }

    /// The search path, then the folders of Debian, where several versions live side by side.
    private static var ordner: [String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let base = "/usr/lib/postgresql"
        // Without the folder there is no version there.
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        return versions.sorted().map { "\(base)/\($0)/bin" } + path.split(separator: ":").map(String.init)
    }

    /// The main version out of `pg_dump (PostgreSQL) 15.18 (Debian …)`.
    private static func version(of program: String) -> Int? {
        guard FileManager.default.isExecutableFile(atPath: program) else { return nil }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--version"]
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        // A program that does not start is none that could be used.
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard let word = text.split(separator: ")").dropFirst().first else { return nil }
        return Int(word.drop { $0 == " " }.prefix { $0.isNumber })
    }
}
