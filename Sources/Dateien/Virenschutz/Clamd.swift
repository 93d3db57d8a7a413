package import Formats
import Glibc
package import Kernel

/// ClamAV's daemon, asked through its socket with INSTREAM: it sees the bytes and never our files.
package struct Clamd: Virenpruefung {
    enum Ort: Sendable, Equatable {
        case unix(String)
        case tcp(rechner: String, port: String)
    }

    let ort: Ort
    /// Seconds that the daemon may keep silent; a large archive takes it a while.
    let frist: Int

    /// - Parameter angabe: `unix:/run/clamav/clamd.ctl` or `tcp:RECHNER:PORT`.
    /// - Throws: `Refusal` that says what is meant.
    package init(_ angabe: String, frist: Int = 120) throws(Refusal) {
        self.frist = frist
        if angabe.hasPrefix("unix:/"), (2...100).contains(angabe.utf8.count - 5) {
            ort = .unix(String(angabe.dropFirst(5)))
            return
        }
        let rest = angabe.hasPrefix("tcp:") ? angabe.dropFirst(4) : ""
        let colon = rest.lastIndex(of: ":") ?? rest.startIndex
        let host = rest[..<colon]
        let port = rest[colon...].dropFirst()
        guard !host.isEmpty, let number = Int(port), (1...65_535).contains(number), !host.contains("/") else {
            throw Refusal(.badRequest, "Gemeint ist unix:/run/clamav/clamd.ctl oder tcp:RECHNER:3310.")
        }
        let name = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host
        ort = .tcp(rechner: String(name), port: String(number))
    }

    package func pruefe(_ datei: any Bytezugriff) async throws -> Virenbefund {
        let clamd = self
        return try await Nebenfaden.scanner.tue { try clamd.frage(datei) }
    }

    private func frage(_ datei: any Bytezugriff) throws -> Virenbefund {
        guard let socket = verbinde() else { return .gestoert("keine Verbindung") }
        defer { close(socket) }
        var isOpen = Self.sende(Array("zINSTREAM\0".utf8), socket)
        if isOpen {
            try datei.stueckweise { part in
                let count = UInt32(part.count)
                let head = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) }
                isOpen = Self.sende(head, socket) && Self.sende(part, socket)
                // A daemon that has seen enough says so and closes: its answer waits to be read.
                return isOpen
            }
        }
        if isOpen { isOpen = Self.sende([0, 0, 0, 0], socket) }
        return Self.befund(Self.lies(socket))
    }

    static func befund(_ answer: String) -> Virenbefund {
        let text = answer.hasPrefix("stream: ") ? String(answer.dropFirst(8)) : answer
        if text == "OK" { return .sauber }
        if text.hasSuffix(" FOUND") {
            let name = String(text.dropLast(6))
            // With some settings a file that goes beyond the daemon's limits counts as found.
            return name.hasPrefix("Heuristics.Limits.Exceeded") ? .zuGross : .befallen(name)
        }
        if text.contains("size limit exceeded") { return .zuGross }
        return .gestoert(text.isEmpty ? "keine Antwort" : String(text.prefix(200)))
    }

    private func verbinde() -> Int32? {
        switch ort {
        case .unix(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            return withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    verbinde(AF_UNIX, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        case .tcp(let rechner, let port):
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var first: UnsafeMutablePointer<addrinfo>?
            guard getaddrinfo(rechner, port, &hints, &first) == 0 else { return nil }
            defer { freeaddrinfo(first) }
            var next = first
            while let entry = next?.pointee {
                if let address = entry.ai_addr, let made = verbinde(entry.ai_family, address, entry.ai_addrlen) {
                    return made
                }
                next = entry.ai_next
            }
            return nil
        }
    }

    private func verbinde(_ family: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32? {
        let made = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard made >= 0 else { return nil }
        var limit = timeval(tv_sec: frist, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(made, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard connect(made, address, length) == 0 else {
            close(made)
            return nil
        }
        return made
    }

    private static func sende(_ bytes: [UInt8], _ socket: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                // A daemon that went away must not end this program with a signal.
                send(socket, buffer.baseAddress?.advanced(by: sent), buffer.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Up to the zero byte that ends an answer.
    private static func lies(_ socket: Int32) -> String {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 512)
        while answer.count < 4_096, !answer.contains(0) {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        let text = answer.prefix { $0 != 0 && $0 != 10 }
        return String(decoding: text, as: UTF8.self)
    }
}
