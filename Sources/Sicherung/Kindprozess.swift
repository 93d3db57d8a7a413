import Dispatch
import Foundation
import Kernel

/// A program that runs beside this one.
///
/// `@unchecked Sendable`: everything is set before `start` returns, and `Process` guards its own state.
final class Kindprozess: @unchecked Sendable {
    private let process = Process()
    private let errors = Pipe()
    private let ended = DispatchSemaphore(value: 0)
    private let drained = DispatchSemaphore(value: 0)
    private let name: String
    private let secrets: [String]
    private var message = Data()

    /// - Parameters:
    ///   - environment: comes before the environment of this process; secrets belong here, never into `arguments`.
    ///   - output: takes standard output; without one it goes nowhere.
    init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], secrets: [String] = [],
        output: Int32? = nil
    ) {
        name = String(program.split(separator: "/").last ?? "")
        self.secrets = secrets
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        // Messages are read here, so they must be in one language.
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            .merging(["LC_ALL": "C.UTF-8", "PGAPPNAME": "leitstand"]) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output.map { FileHandle(fileDescriptor: $0) } ?? FileHandle.nullDevice
        process.standardError = errors
    }

    func start() throws {
        let ended = ended
        process.terminationHandler = { _ in ended.signal() }
        do { try process.run() } catch { throw Refusal(.unavailable, "\(name) lässt sich nicht starten.") }
        DispatchQueue(label: "leitstand.kindprozess").async { [self] in
            // The last words say what is wrong; a program that talks on and on must not fill the memory.
            // What cannot be read any more is as good as the end of it; the exit code tells how it went.
            while let part = try? errors.fileHandleForReading.read(upToCount: 65_536), !part.isEmpty {
                message.append(part)
                if message.count > 65_536 { message = Data(message.suffix(32_768)) }
            }
            drained.signal()
        }
    }

    /// To be called once.
    ///
    /// - Returns: what went wrong, without secrets; `nil` when all went well.
    func wait() -> String? {
        while ended.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            if Task.isCancelled, process.isRunning { process.interrupt() }
        }
        drained.wait()
        guard process.terminationReason == .uncaughtSignal || process.terminationStatus != 0 else { return nil }
        var text = String(decoding: message, as: UTF8.self)
        for secret in secrets { text = text.replacing(secret, with: "…") }
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        let telling = lines.first { ["error:", "ERROR:", "FATAL:"].contains(where: $0.contains) } ?? lines.last
        return telling ?? "\(name) endete mit \(process.terminationStatus)"
    }

    var isRunning: Bool { process.isRunning }

    /// Ends the program if it still runs, and waits for that. PostgreSQL takes this signal as a fast shutdown.
    func stop() {
        guard process.isRunning else { return }
        process.interrupt()
        _ = wait()
    }

    /// Runs a program to its end.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], secrets: [String] = []
    ) throws -> String? {
        let child = Kindprozess(program, arguments, environment: environment, secrets: secrets)
        try child.start()
        return child.wait()
    }
}
