import Formats
import Hummingbird
import Kernel
import NIOCore

/// The JSON object that a request brings.
struct JSONKoerper: Sendable {
    static let hoechstens = 256 * 1024

    /// As they were sent, for a fingerprint.
    let bytes: [UInt8]
    private let felder: [JSONTree.Member]

    /// - Throws: `Refusal` for another kind of body, one that is too large, or one that is no JSON object.
    init(_ request: Request) async throws {
        bytes = try await JSONKoerper.bytes(of: request)
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Refusal(.badRequest, "Der Inhalt der Anfrage ist kein gültiges UTF-8.")
        }
        let tree: JSONTree
        do { tree = try JSONTree(bytes) } catch {
            throw Refusal(
                .badRequest,
                "Der Inhalt der Anfrage ist kein JSON: Zeile \(error.line), Spalte \(error.column): \(error.reason).")
        }
        guard case .object(let members) = tree else {
            throw Refusal(.badRequest, "Der Inhalt der Anfrage muss ein JSON-Objekt sein, also mit { beginnen.")
        }
        felder = members
    }

    private static func bytes(of request: Request) async throws -> [UInt8] {
        let parts = (request.headers[.contentType] ?? "").split(separator: ";").map { $0.getrimmt.lowercased() }
        let charsets = parts.dropFirst().filter { $0.hasPrefix("charset=") }
        guard let kind = parts.first, ["application/json", "application/merge-patch+json"].contains(kind),
            charsets.allSatisfy({ $0 == "charset=utf-8" || $0 == "charset=\"utf-8\"" })
        else {
            throw Refusal(
                .unsupportedMediaType, "Diese Adresse nimmt nur JSON an (Content-Type: application/json, UTF-8).")
        }
        let tooLarge = Refusal(.tooLarge, "Das ist zu viel auf einmal: höchstens \(hoechstens / 1024) KB.")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > hoechstens { throw tooLarge }
        do {
            return Array(try await request.body.collect(upTo: hoechstens).readableBytesView)
        } catch is NIOTooManyBytesError { throw tooLarge } catch {
            if error is CancellationError { throw error }
            // The connection broke off in the middle: no fault of ours to report.
            throw Refusal(.badRequest, "Die Anfrage ist unvollständig angekommen. Bitte senden Sie sie noch einmal.")
        }
    }

    /// The fields as a form would send them, so that they go through the checks of the form.
    ///
    /// - Throws: `FormErrors` with the names of the body.
    func felder(_ form: Eingabeform) throws(FormErrors) -> Abfrage {
        var errors = FormErrors()
        var found = Abfrage()
        let known = Dictionary(form.felder.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for member in felder {
            guard let feld = known[member.name] else {
                // More of them help nobody.
                if errors.entries.count < 20 {
                    errors.add(String(member.name.prefix(80)), "Dieses Feld gibt es hier nicht.")
                }
                continue
            }
            do { found.add(feld.feld, try feld.text(member.value)) } catch { errors.add(feld.name, error.satz) }
        }
        for feld in form.felder where form.istNoetig(feld) && !felder.contains(where: { $0.name == feld.name }) {
            errors.add(feld.name, "Dieses Feld fehlt.")
        }
        guard errors.isEmpty else { throw errors }
        return found.mitZeilenenden
    }
}

/// Why a value does not fit its field.
private struct Wertfehler: Error { let satz: String }

extension Eingabefeld {
    fileprivate func text(_ value: JSONTree) throws(Wertfehler) -> String {
        if value == .null {
            guard leerbar else { throw Wertfehler(satz: "Dieses Feld darf nicht leer sein.") }
            return ""
        }
        switch (art, value) {
        case (.text(let limit), .string(let text)), (.webadresse(let limit), .string(let text)):
            try pruefe(text, limit)
            return text
        case (.wort(let words), .string(let text)):
            guard words.contains(text) else {
                throw Wertfehler(satz: "Möglich sind: \(words.joined(separator: ", ")).")
            }
            return text
        case (.tag, .string(let text)):
            guard Tag(iso: text) != nil else { throw Wertfehler(satz: "Schreiben Sie den Tag als JJJJ-MM-TT.") }
            return text
        case (.texte(let count, let limit), .array(let values)):
            guard values.count <= count else { throw Wertfehler(satz: "Höchstens \(count) Werte sind möglich.") }
            var texts: [String] = []
            for value in values {
                guard case .string(let text) = value else { throw Wertfehler(satz: "Jeder Wert muss ein Text sein.") }
                try pruefe(text, limit)
                guard !text.contains(where: \.isNewline) else {
                    throw Wertfehler(satz: "Ein Wert darf keinen Zeilenumbruch enthalten.")
                }
                texts.append(text)
            }
            return texts.joined(separator: "\n")
        case (.wahrheit, .bool(let yes)): return yes ? "ja" : ""
        case (.zahl(let range), .number(let text)):
            guard let number = Int(text), range.contains(number) else {
                throw Wertfehler(
                    satz: "Schreiben Sie eine ganze Zahl von \(range.lowerBound) bis \(range.upperBound).")
            }
            return text
        default: throw Wertfehler(satz: "Dieses Feld ist \(erwartet).")
        }
    }

    private func pruefe(_ text: String, _ limit: Int) throws(Wertfehler) {
        // As JSON Schema counts them.
        guard text.unicodeScalars.count <= limit else {
            throw Wertfehler(satz: "Kürzen Sie die Angabe auf \(Zahl.deutsch(limit)) Zeichen.")
        }
        guard !pflicht || !text.isEmpty else { throw Wertfehler(satz: "Dieses Feld darf nicht leer sein.") }
    }

    private var erwartet: String {
        switch art {
        case .text, .webadresse, .wort: "ein Text"
        case .tag: "ein Tag, als Text JJJJ-MM-TT"
        case .texte: "eine Liste von Texten"
        case .wahrheit: "true oder false"
        case .zahl: "eine ganze Zahl"
        }
    }
}
