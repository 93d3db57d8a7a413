import Formats
import HTTPTypes
package import Hummingbird
import Kernel
import NIOCore

/// A posted form whose origin is proven: there is no other way to read one.
package struct Formular: Sendable {
    package struct Datei: Sendable {
        package let name: String
        package let bytes: [UInt8]
    }

    package let felder: Abfrage
    package let dateien: [String: Datei]

    package static let textLimit = 256 * 1024
    package static let dateiLimit = 10 * 1024 * 1024

    /// Reads the body and checks the secret of the session.
    /// - Throws: `Refusal` for a foreign form, a wrong kind of body, or one that is too large.
    package static func read(_ request: Request, _ context: SiteContext) async throws -> Formular {
        guard let sitzung = context.sitzung else {
            throw Refusal(.signInNeeded, "Bitte melden Sie sich an, um fortzufahren.")
        }
        return try await read(request, secret: sitzung.csrf)
    }

    /// The same for the sign-in form, whose secret comes from a cookie of its own.
    package static func read(_ request: Request, secret: String) async throws -> Formular {
        let form = try await parse(request)
        guard Geheimnis.gleich(form.felder.roh("csrf"), secret) else { throw fremd }
        return form
    }

    static let fremd = Refusal(
        .notAllowed,
        "Das Formular war zu lange offen oder stammt nicht von dieser Seite. Bitte laden Sie die Seite neu und versuchen Sie es noch einmal."
    )

    private static func parse(_ request: Request) async throws -> Formular {
        let type = request.headers[.contentType] ?? ""
        let kind = type.split(separator: ";").first.map { $0.getrimmt.lowercased() } ?? ""
        switch kind {
        case "application/x-www-form-urlencoded":
            let buffer = try await body(request, limit: textLimit)
            guard let text = String(validating: buffer.readableBytesView, as: UTF8.self) else {
                throw Refusal(.badRequest, "Das Formular ist kein gültiges UTF-8.")
            }
            return Formular(felder: try Abfrage(kodiert: text).mitZeilenenden, dateien: [:])
        case "multipart/form-data":
            guard let boundary = Multipart.boundary(of: type) else {
                throw Refusal(.badRequest, "Dem Formular fehlt die Angabe, wie seine Teile getrennt sind.")
            }
            let buffer = try await body(request, limit: dateiLimit + textLimit)
            return try Multipart.parse(Array(buffer.readableBytesView), boundary: boundary)
        default:
            throw Refusal(.unsupportedMediaType, "Diese Adresse nimmt nur Formulare an.")
        }
    }

    private static func body(_ request: Request, limit: Int) async throws -> ByteBuffer {
        let refusal = Refusal(
            .tooLarge,
            "Das ist zu viel auf einmal: höchstens \(limit / 1024 / 1024 > 0 ? "\(limit / 1024 / 1024) MB" : "\(limit / 1024) KB")."
        )
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw refusal }
        do { return try await request.body.collect(upTo: limit) } catch is NIOTooManyBytesError { throw refusal } catch
        {
            if error is CancellationError { throw error }
            // The connection broke off in the middle: no fault of ours to report.
            throw Refusal(.badRequest, "Das Formular ist unvollständig angekommen. Bitte versuchen Sie es noch einmal.")
        }
    }
}

/// `multipart/form-data` (RFC 7578): only what a browser sends for a form with files.
enum Multipart {
    static func boundary(of type: String) -> String? {
        for part in type.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2, pair[0].getrimmt.lowercased() == "boundary" {
                let value = pair[1].getrimmt.trimmingQuotes
                return (1...70).contains(value.utf8.count) ? value : nil
            }
        }
        return nil
    }

    static func parse(_ bytes: [UInt8], boundary: String) throws -> Formular {
        let broken = Refusal(
            .badRequest, "Das Formular ist unvollständig angekommen. Bitte versuchen Sie es noch einmal.")
        let marker = Array("--\(boundary)".utf8)
        let positions = occurrences(of: marker, in: bytes)
        guard positions.count >= 2, positions.count <= 100 else { throw broken }
        var felder = Abfrage()
        var dateien: [String: Formular.Datei] = [:]
        for (start, end) in zip(positions, positions.dropFirst()) {
            // Between two boundaries: CRLF, head lines, empty line, content, CRLF.
            let part = bytes[(start + marker.count)..<end]
            guard let split = firstRange(of: [13, 10, 13, 10], in: part), part.count >= 4, end >= 2,
                let head = String(validating: part[part.startIndex..<split.lowerBound], as: UTF8.self),
                !head.utf8.contains(0)
            else { throw broken }
            let content = split.upperBound <= end - 2 ? Array(bytes[split.upperBound..<(end - 2)]) : []
            guard let name = parameter("name", of: head) else { throw broken }
            if let file = parameter("filename", of: head) {
                if !file.isEmpty || !content.isEmpty { dateien[name] = Formular.Datei(name: file, bytes: content) }
            } else {
                guard let text = String(validating: content, as: UTF8.self), !text.utf8.contains(0) else {
                    throw Refusal(.badRequest, "Das Formular enthält Zeichen, die nicht lesbar sind.")
                }
                felder.add(name, text)
            }
        }
        return Formular(felder: felder, dateien: dateien)
    }

    static func parameter(_ name: String, of head: String) -> String? {
        for line in head.split(whereSeparator: \.isNewline) where line.lowercased().hasPrefix("content-disposition:") {
            for part in pieces(of: line).dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1)
                if pair.count == 2, pair[0].getrimmt.lowercased() == name { return pair[1].getrimmt.trimmingQuotes }
            }
        }
        return nil
    }

    /// The parts between semicolons; a semicolon inside quotation marks belongs to a file's name.
    private static func pieces(of line: Substring) -> [Substring] {
        var isQuoted = false
        return line.split(omittingEmptySubsequences: false) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == ";" && !isQuoted
        }
    }

    private static func firstRange(of needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        guard bytes.count >= needle.count else { return nil }
        for start in bytes.startIndex...(bytes.endIndex - needle.count)
        where bytes[start] == needle[0] && bytes[start..<(start + needle.count)].elementsEqual(needle) {
            return start..<(start + needle.count)
        }
        return nil
    }

    private static func occurrences(of marker: [UInt8], in bytes: [UInt8]) -> [Int] {
        var found: [Int] = []
        var start = bytes.startIndex
        while let range = firstRange(of: marker, in: bytes[start...]), found.count <= 101 {
            found.append(range.lowerBound)
            start = range.upperBound
        }
        return found
    }
}

extension String {
    fileprivate var trimmingQuotes: String {
        count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
    }
}
