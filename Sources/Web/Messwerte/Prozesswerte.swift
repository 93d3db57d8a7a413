import Foundation

/// Memory, open files and start of this process, under the names that Prometheus' own libraries use.
package struct Prozesswerte: Messquelle {
    private let version: String
    private let beginn: Double

    /// `beginn` is when the process started, in seconds since 1970.
    package init(version: String, beginn: Double = Date().timeIntervalSince1970) {
        (self.version, self.beginn) = (version, beginn)
    }

    package func messreihen() -> [Messreihe] {
        var reihen = [
            Messreihe(
                "leitstand_build_info", .gauge, "The version that runs; always 1.",
                [.init(1, [.init("version", version)])]),
            Messreihe(
                "process_start_time_seconds", .gauge, "Start of the process in seconds since 1970.", beginn),
            Messreihe(
                "process_max_fds", .gauge, "Files and connections the process may open.", Double(Self.dateigrenze)),
        ]
        if let memory = Self.speicher() {
            reihen.append(
                Messreihe("process_resident_memory_bytes", .gauge, "Memory in use.", memory.belegt))
            reihen.append(
                Messreihe("process_virtual_memory_bytes", .gauge, "Address space in use.", memory.adressraum))
        }
        // Without /proc nobody can count them.
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            reihen.append(Messreihe("process_open_fds", .gauge, "Files and connections open.", files))
        }
        return reihen
    }

    private static var dateigrenze: UInt64 {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? UInt64(limit.rlim_cur) : 0
    }

    private static func speicher() -> (belegt: Int, adressraum: Int)? {
        guard let data = FileManager.default.contents(atPath: "/proc/self/statm") else { return nil }
        let pages = String(decoding: data, as: UTF8.self).split(separator: " ").prefix(2).compactMap { Int($0) }
        let size = Int(sysconf(Int32(_SC_PAGESIZE)))
        return pages.count == 2 && size > 0 ? (pages[1] * size, pages[0] * size) : nil
    }
}
