package import Foundation

/// The program that this test run was built with, as an operator calls it.
package enum Programm {
    /// What a call that has ended left behind.
    package struct Ergebnis: Sendable {
        package let code: Int32
        package let ausgabe: String
        package let fehler: String
    }

    /// A call that is not begun yet; `umgebung` goes before the variables of the tests.
    package static func prozess(_ arguments: [String], umgebung: [String: String] = [:]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: Welt.ordner(".build/debug/leitstand"))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(umgebung) { $1 }
        return process
    }

    /// Calls the program and waits for its end.
    @discardableResult
    package static func rufe(_ arguments: [String], umgebung: [String: String] = [:]) throws -> Ergebnis {
        let process = prozess(arguments, umgebung: umgebung)
        let (out, err) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (out, err)
        try process.run()
        let output = out.fileHandleForReading.readDataToEndOfFile()
        let errors = err.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Ergebnis(
            code: process.terminationStatus, ausgabe: String(decoding: output, as: UTF8.self),
            fehler: String(decoding: errors, as: UTF8.self))
    }
}
