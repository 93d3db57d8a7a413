import Glibc
import Kernel

/// Reads `multipart/form-data` (RFC 7578) as it arrives: a small machine that never holds more than a head, a field, or
/// what might become a boundary.
package struct MultipartLeser: Sendable {
    /// What a form consists of, in its order.
    package enum Ereignis: Sendable, Equatable {
        case feld(String, String)
        /// A file begins: the name of its field and its own.
        case datei(String, name: String)
        case stueck([UInt8])
        case dateiende
    }

    /// How much of a form is taken into memory.
    package struct Grenzen: Sendable {
        package var kopf = 8_192
        package var feld = 64 * 1_024
        package var teile = 50

        package init() {}
    }

    private enum Zustand { case vorspann, grenze, kopf, feld(String), datei, ende }

    private let marke: [UInt8]
    private let grenzen: Grenzen
    private var zustand = Zustand.vorspann
    /// What came and is not told yet. The first boundary needs no line break before it, so one is put there.
    private var rest: [UInt8] = [13, 10]
    private var teile = 0
    private var nachlauf = 0

    package init(grenze: String, _ grenzen: Grenzen = Grenzen()) {
        (marke, self.grenzen) = (Array("\r\n--\(grenze)".utf8), grenzen)
    }

    private static let unvollstaendig = Refusal(
        .badRequest, "Das Formular ist unvollständig angekommen. Bitte versuchen Sie es noch einmal.")
    private static let zuGross = Refusal(.tooLarge, "Ein Feld des Formulars ist zu lang. Kürzen Sie den Text.")

    /// - Throws: `Refusal` for what is no form or goes beyond the limits, and what `body` throws.
    package mutating func nimm(_ bytes: some Sequence<UInt8>, _ body: (Ereignis) throws -> Void) throws {
        rest.append(contentsOf: bytes)
        while try schritt(body) {}
    }

    /// - Throws: `Refusal` where the last boundary did not come.
    package func schliesse() throws {
        guard case .ende = zustand else { throw Self.unvollstaendig }
    }

    /// True while there may be more to tell.
    private mutating func schritt(_ body: (Ereignis) throws -> Void) throws -> Bool {
        switch zustand {
        case .vorspann:
            guard let place = Self.stelle(marke, in: rest) else {
                guard rest.count <= 1_024 + marke.count else { throw Self.unvollstaendig }
                return false
            }
            rest.removeFirst(place + marke.count)
            zustand = .grenze
            return true
        case .grenze: return try nachGrenze()
        case .kopf: return try kopf(body)
        case .feld(let name):
            guard let place = Self.stelle(marke, in: rest) else {
                guard rest.count <= grenzen.feld + marke.count else { throw Self.zuGross }
                return false
            }
            guard place <= grenzen.feld else { throw Self.zuGross }
            guard let text = String(validating: rest[..<place], as: UTF8.self), !text.utf8.contains(0) else {
                throw Refusal(.badRequest, "Das Formular enthält Zeichen, die nicht lesbar sind.")
            }
            rest.removeFirst(place + marke.count)
            zustand = .grenze
            try body(.feld(name, text))
            return true
        case .datei: return try inhalt(body)
        case .ende:
            nachlauf += rest.count
            rest.removeAll(keepingCapacity: true)
            guard nachlauf <= 1_024 else { throw Self.unvollstaendig }
            return false
        }
    }

    /// Behind a boundary: a line break before the next part, or two hyphens at the end of all.
    private mutating func nachGrenze() throws -> Bool {
        let padding = rest.prefix { $0 == 32 || $0 == 9 }.count
        guard padding <= 64 else { throw Self.unvollstaendig }
        guard rest.count >= padding + 2 else { return false }
        switch (rest[padding], rest[padding + 1]) {
        case (13, 10):
            teile += 1
            guard teile <= grenzen.teile else {
                throw Refusal(.badRequest, "Das Formular hat zu viele Teile. Bitte laden Sie die Seite neu.")
            }
            rest.removeFirst(padding + 2)
            // A part without any head line begins with the empty line at once.
            rest.insert(contentsOf: [13, 10], at: 0)
            zustand = .kopf
        case (45, 45) where padding == 0:
            rest.removeFirst(2)
            zustand = .ende
        default: throw Self.unvollstaendig
        }
        return true
    }

    private mutating func kopf(_ body: (Ereignis) throws -> Void) throws -> Bool {
        guard let place = Self.stelle([13, 10, 13, 10], in: rest) else {
            guard rest.count <= grenzen.kopf else { throw Self.unvollstaendig }
            return false
        }
        guard place <= grenzen.kopf, let head = String(validating: rest[..<place], as: UTF8.self),
            !head.utf8.contains(0), let name = Multipart.parameter("name", of: head)
        else { throw Self.unvollstaendig }
        rest.removeFirst(place + 4)
        if let file = Multipart.parameter("filename", of: head) {
            zustand = .datei
            try body(.datei(name, name: file))
        } else {
            zustand = .feld(name)
        }
        return true
    }

    private mutating func inhalt(_ body: (Ereignis) throws -> Void) throws -> Bool {
        if let place = Self.stelle(marke, in: rest) {
            if place > 0 { try body(.stueck(Array(rest[..<place]))) }
            rest.removeFirst(place + marke.count)
            zustand = .grenze
            try body(.dateiende)
            return true
        }
        let sure = rest.count - (marke.count - 1)
        guard sure > 0 else { return false }
        try body(.stueck(Array(rest[..<sure])))
        rest.removeFirst(sure)
        return false
    }

    /// Where `mark` begins. It begins with a line break, so the search hops from one to the next.
    private static func stelle(_ mark: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBytes { bytes in
            mark.withUnsafeBytes { mark in
                guard let start = bytes.baseAddress, let first = mark.baseAddress, bytes.count >= mark.count else {
                    return nil
                }
                var at = 0
                let places = bytes.count - mark.count + 1
                while at < places, let found = memchr(start + at, Int32(mark[0]), places - at) {
                    at = UnsafeRawPointer(found) - start
                    if memcmp(start + at, first, mark.count) == 0 { return at }
                    at += 1
                }
                return nil
            }
        }
    }
}
