import Foundation

/// The load generator wrk: keeps connections busy for a time and says what it saw.
struct Wrk: Sendable {
    struct Ergebnis: Sendable {
        let jeSekunde: Double
        /// Milliseconds.
        let p50: Double
        let p99: Double
    }

    private let skript: String

    /// The folder receives a script that makes wrk report in numbers.
    init(ordner: String) throws {
        skript = ordner + "/wrk.lua"
        try """
        done = function(summary, latency, requests)
            local e = summary.errors
            print(string.format("ERGEBNIS %d %d %d %d %d", summary.requests, summary.duration,
                latency:percentile(50), latency:percentile(99),
                e.connect + e.read + e.write + e.timeout + e.status))
        end
        """.write(toFile: skript, atomically: true, encoding: .utf8)
    }

    /// `kopf` are header lines that every request carries.
    ///
    /// - Throws: when an answer was missing or was an error.
    func laufe(_ url: String, verbindungen: Int, sekunden: Int, kopf: [String] = []) throws -> Ergebnis {
        let threads = max(1, min(verbindungen, ProcessInfo.processInfo.activeProcessorCount))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["wrk", "-t\(threads)", "-c\(verbindungen)", "-d\(sekunden)s", "-s", skript]
            + kopf.flatMap { ["-H", $0] } + [url]
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let line = text.split(separator: "\n").first { $0.hasPrefix("ERGEBNIS ") } ?? ""
        let numbers = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard numbers.count == 5, numbers[4] == 0, numbers[0] > 0 else {
            throw Serverprozess.Fehler(description: "wrk \(url):\n\(text)")
        }
        return Ergebnis(
            jeSekunde: numbers[0] / (numbers[1] / 1_000_000), p50: numbers[2] / 1_000, p99: numbers[3] / 1_000)
    }
}
