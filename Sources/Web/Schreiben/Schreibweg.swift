import Crypto
import Formats
import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore
package import Storage

/// The one way in which a program changes something: a token that may, a body that is read once, and one transaction
/// that asks the right, remembers a repeated request and makes the change.
package struct Schreibweg: Sendable {
    private let database: any Database
    private let now: @Sendable () -> Instant

    package init(database: any Database, now: @escaping @Sendable () -> Instant) {
        (self.database, self.now) = (database, now)
    }

    /// `ziel` finds what is to be changed and asks the right to it; `aendere` does it with the fields of the body.
    ///
    /// - Throws: `Refusal`, or `Eingabefehler` that names each wrong field.
    package func fuehre<Ziel>(
        _ request: Request, _ context: SiteContext, _ form: Eingabeform? = nil,
        ziel: @escaping @Sendable (Nachschau, any SQLConnection) throws -> Ziel,
        aendere: @escaping @Sendable (Ziel, Abfrage, Urheber, any SQLConnection) throws -> Schreibantwort
    ) async throws -> Response {
        guard let sitzung = context.sitzung, let programm = sitzung.programm else {
            throw Programm.noetig
        }
        guard programm.darfAendern else { throw Programm.nurLesen }
        let koerper = form == nil ? nil : try await JSONKoerper(request)
        let felder: Result<Abfrage, FormErrors> = Result { () throws(FormErrors) -> Abfrage in
            guard let koerper, let form else { return Abfrage() }
            return try koerper.felder(form)
        }
        let key = try Schreibweg.schluessel(request, sitzung.person.id, programm, koerper?.bytes ?? [])
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        do {
            let (answer, isRepeated) = try await database.write { db -> (Schreibantwort, Bool) in
                let found = try ziel(wer, db)
                if let key, let first = try IdempotenzStore.reserviere(key, am: urheber.am, in: db) {
                    return (Schreibantwort(first), true)
                }
                let answer = try aendere(found, felder.get(), urheber, db)
                if let key { try IdempotenzStore.beantworte(key, mit: answer.erstantwort, in: db) }
                return (answer, false)
            }
            var response = answer.response
            if isRepeated { response.headers[.idempotencyReplayed] = "true" }
            return response
        } catch let errors as FormErrors {
            throw Eingabefehler(errors.entries.map { (feld: form?.name(von: $0.feld) ?? $0.feld, satz: $0.text) })
        }
    }

    private static func schluessel(
        _ request: Request, _ person: Person.ID, _ programm: Programm, _ body: [UInt8]
    ) throws -> Idempotenzschluessel? {
        let keys = request.headers[values: .idempotencyKey]
        guard request.method == .post, let key = keys.first else { return nil }
        guard keys.count == 1, (1...128).contains(key.utf8.count), key.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw Refusal(
                .badRequest,
                "Der Idempotency-Key hat 1 bis 128 sichtbare ASCII-Zeichen ohne Leerzeichen und steht einmal da.")
        }
        var hash = SHA256()
        // Another program of the same person may have fewer rights: the first answer is not for it.
        hash.update(data: Array("\(programm.token)\n\(request.method.rawValue)\n\(request.uri.path)\n".utf8))
        hash.update(data: body)
        return Idempotenzschluessel(
            person: person, schluessel: key, abdruck: Base64URL.encode(Array(hash.finalize())))
    }
}

/// What a change answers: the changed thing, where a new one is found, or nothing.
package struct Schreibantwort: Sendable, Equatable {
    let status: Int
    let ort: String?
    let text: String?

    /// 201 with the address of the new thing.
    package static func angelegt(_ value: some JSONValue, unter path: String) -> Schreibantwort {
        Schreibantwort(status: 201, ort: path, text: text(value))
    }

    /// 200 with the thing as it is now.
    package static func geaendert(_ value: some JSONValue) -> Schreibantwort {
        Schreibantwort(status: 200, ort: nil, text: text(value))
    }

    /// 204: there is nothing left to show.
    package static let geloescht = Schreibantwort(status: 204, ort: nil, text: nil)

    private init(status: Int, ort: String?, text: String?) {
        (self.status, self.ort, self.text) = (status, ort, text)
    }

    init(_ first: Erstantwort) { self.init(status: first.status, ort: first.ort, text: first.text) }

    var erstantwort: Erstantwort { Erstantwort(status: status, ort: ort, text: text) }

    private static func text(_ value: some JSONValue) -> String {
        var json = JSONWriter(capacity: 512)
        value.write(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    var response: Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers[.location] = ort
        guard let text else { return Response(status: .init(code: status), headers: headers) }
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(
            status: .init(code: status), headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

/// What is wrong with the fields of a JSON body, by their names there.
struct Eingabefehler: Error {
    let fehler: [(feld: String, satz: String)]

    init(_ fehler: [(feld: String, satz: String)]) { self.fehler = fehler }
}

extension Abfrage {
    /// - Throws: `Refusal.conflict` where a body names a version that is no longer the last one.
    package func verlange(version: Int, sonst refusal: Refusal) throws {
        if let given = self["version"], given != "\(version)" { throw refusal }
    }

    /// A value of that name was given, if only to empty it.
    package func nennt(_ name: String) -> Bool { werte.contains { $0.name == name } }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .server
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed") ?? .server
}
