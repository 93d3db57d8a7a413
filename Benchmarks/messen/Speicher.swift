import Foundation

/// What this process holds in memory.
enum Speicher {
    /// The most so far, in MB.
    static var hoechster: Double { zeile("VmHWM:", prozess: "self") }

    /// Resident memory of a process in MB.
    static func jetzt(_ pid: Int32) -> Double { zeile("VmRSS:", prozess: String(pid)) }

    private static func zeile(_ name: String, prozess: String) -> Double {
        // A process that is gone has none.
        let status = (try? String(contentsOfFile: "/proc/\(prozess)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
        return Double(line.split(whereSeparator: { !$0.isNumber }).first ?? "0").map { $0 / 1_024 } ?? 0
    }
}
