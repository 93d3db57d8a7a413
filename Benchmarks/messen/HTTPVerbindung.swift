import Foundation

/// A blocking HTTP client on one kept connection: no proxy of the environment, no cache, nothing between.
final class HTTPVerbindung {
    struct Fehler: Error, CustomStringConvertible {
        let description: String
    }

    struct Antwort {
        let status: Int
        /// Header lines, without the status line.
        let kopf: [String]
        let inhalt: [UInt8]

        /// The cookie that the answer sets, as a request carries it.
        func keks(_ name: String) -> String? {
            kopf.lazy.filter { $0.lowercased().hasPrefix("set-cookie:") }
                .compactMap { $0.dropFirst(11).split(separator: ";").first?.trimmingCharacters(in: .whitespaces) }
                .first { $0.hasPrefix(name + "=") }
        }
    }

    private let port: Int
    private var handle: Int32 = -1
    private var puffer = [UInt8](repeating: 0, count: 64 * 1_024)
    /// The unread part of `puffer`.
    private var gelesen = 0..<0

    init(port: Int) throws {
        self.port = port
        try verbinde()
    }

    deinit { if handle >= 0 { close(handle) } }

    static func adresse(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private func verbinde() throws {
        if handle >= 0 { close(handle) }
        gelesen = 0..<0
        handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = HTTPVerbindung.adresse(port)
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        var on: Int32 = 1
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(handle, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(handle, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard connected else { throw Fehler(description: "Keine Verbindung zu Port \(port): \(errno)") }
    }

    /// Asks for a path and reads the whole answer; `behalten` false throws its body away.
    func hole(_ path: String, behalten: Bool = true, cookie: String? = nil) throws -> Antwort {
        try sende(
            "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUser-Agent: messen\r\n"
                + (cookie.map { "Cookie: \($0)\r\n" } ?? "") + "\r\n")
        return try lies(behalten)
    }

    /// Sends a form whose fields are encoded already.
    func sende(formular: String, an path: String, cookie: String) throws -> Antwort {
        try sende(
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUser-Agent: messen\r\nCookie: \(cookie)\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(formular.utf8.count)\r\n\r\n"
                + formular)
        return try lies(true)
    }

    /// Sends a body of `laenge` bytes piece by piece, each made when the one before is gone.
    func sende(
        an path: String, cookie: String, typ: String, laenge: Int, stuecke: () throws -> [UInt8]?
    ) throws -> Antwort {
        try sende(
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUser-Agent: messen\r\nCookie: \(cookie)\r\n"
                + "Content-Type: \(typ)\r\nContent-Length: \(laenge)\r\n\r\n")
        while let part = try stuecke() { try sende(part) }
        return try lies(true)
    }

    private func lies(_ behalten: Bool) throws -> Antwort {
        let head = try lieskopf()
        let lines = head.split(separator: "\r\n").map(String.init)
        let status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first.flatMap { Int($0) } } ?? 0
        var length: Int?
        var (chunked, closing) = (false, false)
        for line in lines.dropFirst() {
            let lower = line.lowercased()
            if lower.hasPrefix("content-length:") {
                length = Int(lower.dropFirst(15).trimmingCharacters(in: .whitespaces))
            }
            if lower.hasPrefix("transfer-encoding:") { chunked = lower.contains("chunked") }
            if lower.hasPrefix("connection:") { closing = lower.contains("close") }
        }
        var body: [UInt8] = []
        let keep: (ArraySlice<UInt8>) -> Void = { if behalten { body += $0 } }
        if chunked {
            try liesstuecke(keep)
        } else if let length, status != 304, status != 204 {
            try lies(length, keep)
        }
        if closing { try verbinde() }
        return Antwort(status: status, kopf: Array(lines.dropFirst()), inhalt: body)
    }

    private func sende(_ text: String) throws { try sende(Array(text.utf8)) }

    private func sende(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { throw Fehler(description: "Senden gescheitert: \(errno)") }
            rest = rest.dropFirst(sent)
        }
    }

    /// Reads more behind what is unread.
    private func fuelle() throws {
        if gelesen.isEmpty { gelesen = 0..<0 }
        if gelesen.upperBound == puffer.count {
            guard gelesen.lowerBound > 0 else { throw Fehler(description: "Die Antwort hat einen zu langen Kopf.") }
            puffer.replaceSubrange(0..<gelesen.count, with: Array(puffer[gelesen]))
            gelesen = 0..<gelesen.count
        }
        let start = gelesen.upperBound
        let count = puffer.withUnsafeMutableBytes { bytes in
            recv(handle, bytes.baseAddress.map { $0 + start }, bytes.count - start, 0)
        }
        guard count > 0 else {
            throw Fehler(description: count == 0 ? "Die Verbindung wurde geschlossen." : "Lesen gescheitert: \(errno)")
        }
        gelesen = gelesen.lowerBound..<(start + count)
    }

    /// Everything up to the empty line.
    private func lieskopf() throws -> String {
        while true {
            if let end = leerzeile() {
                defer { gelesen = (end + 4)..<gelesen.upperBound }
                return String(decoding: puffer[gelesen.lowerBound..<end], as: UTF8.self)
            }
            try fuelle()
        }
    }

    /// Where the empty line after the head begins.
    private func leerzeile() -> Int? {
        var index = gelesen.lowerBound
        while index + 3 < gelesen.upperBound {
            if puffer[index] == 13, puffer[index + 1] == 10, puffer[index + 2] == 13, puffer[index + 3] == 10 {
                return index
            }
            index += 1
        }
        return nil
    }

    private func lies(_ count: Int, _ body: (ArraySlice<UInt8>) -> Void) throws {
        var missing = count
        while missing > 0 {
            if gelesen.isEmpty { try fuelle() }
            let taken = min(missing, gelesen.count)
            body(puffer[gelesen.lowerBound..<(gelesen.lowerBound + taken)])
            gelesen = (gelesen.lowerBound + taken)..<gelesen.upperBound
            missing -= taken
        }
    }

    private func liesstuecke(_ body: (ArraySlice<UInt8>) -> Void) throws {
        while true {
            var line: [UInt8] = []
            while line.suffix(2) != [13, 10] { try lies(1) { line += $0 } }
            guard let size = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) else {
                throw Fehler(description: "Die Antwort ist nicht lesbar aufgeteilt.")
            }
            try lies(size, body)
            try lies(2) { _ in }
            if size == 0 { return }
        }
    }
}
