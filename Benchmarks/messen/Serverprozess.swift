import Foundation

/// The program under measurement as a process of its own, with its request log in a file.
final class Serverprozess {
    struct Fehler: Error, CustomStringConvertible {
        let description: String
    }

    static let frist = Duration.seconds(30)

    private let prozess = Process()
    private let protokoll: String
    let port: Int
    /// Milliseconds from the call of the program to its first answer.
    private(set) var startzeit = 0.0

    /// Starts the server and waits until it answers; `angaben` are further arguments.
    init(_ programm: String, daten: String, umgebung: [String: String] = [:], angaben: [String] = []) throws {
        port = try freierPort()
        protokoll = daten + "/protokoll-\(UUID().uuidString.prefix(8)).jsonl"
        try Data().write(to: URL(filePath: protokoll))
        prozess.executableURL = URL(filePath: programm)
        prozess.arguments = ["serve", "--data", daten, "--port", "\(port)"] + angaben
        prozess.environment = Serverprozess.umgebung(umgebung)
        prozess.standardInput = FileHandle.nullDevice
        prozess.standardOutput = FileHandle.nullDevice
        prozess.standardError = FileHandle(forWritingAtPath: protokoll)
        let begin = ContinuousClock.now
        try prozess.run()
        while !antwortet() {
            guard prozess.isRunning else { throw fehler("endete sofort mit \(prozess.terminationStatus)") }
            guard ContinuousClock.now - begin < Serverprozess.frist else {
                beende()
                throw fehler("antwortet nicht binnen \(Serverprozess.frist.components.seconds) s")
            }
            usleep(1_000)
        }
        startzeit = (ContinuousClock.now - begin) / .milliseconds(1)
    }

    deinit { beende() }

    /// Resident memory in MB.
    var speicher: Double { Speicher.jetzt(prozess.processIdentifier) }

    var laeuft: Bool { prozess.isRunning }

    func beende() {
        guard prozess.isRunning else { return }
        prozess.terminate()
        prozess.waitUntilExit()
        // What cannot be removed goes with the folder of the run.
        try? FileManager.default.removeItem(atPath: protokoll)
    }

    private func antwortet() -> Bool {
        // Nobody listens yet: the next try may be answered.
        guard let connection = try? HTTPVerbindung(port: port), let answer = try? connection.hole("/") else {
            return false
        }
        return answer.status == 200
    }

    /// What happened, with the last lines that the program wrote.
    func fehler(_ what: String) -> Fehler {
        let text = FileManager.default.contents(atPath: protokoll).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let last = text.split(separator: "\n").suffix(5).joined(separator: "\n")
        return Fehler(description: "Der Server \(what).\n\(last)")
    }

    /// Runs a command of the program to its end.
    static func befehl(_ programm: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: programm)
        process.arguments = arguments
        process.environment = umgebung([:])
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Fehler(description: "leitstand \(arguments.prefix(2).joined(separator: " ")) scheiterte:\n\(text)")
        }
    }

    /// The settings of whoever measures must not change what is measured.
    private static func umgebung(_ own: [String: String]) -> [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LEITSTAND_") }.merging(own) { $1 }
    }
}

/// A port of this machine that nobody uses now.
func freierPort() throws -> Int {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard handle >= 0 else { throw Serverprozess.Fehler(description: "Kein freier Port: \(errno)") }
    defer { close(handle) }
    var address = HTTPVerbindung.adresse(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(handle, $0, length) == 0 && getsockname(handle, $0, &length) == 0
        }
    }
    guard bound else { throw Serverprozess.Fehler(description: "Kein freier Port: \(errno)") }
    return Int(UInt16(bigEndian: address.sin_port))
}
