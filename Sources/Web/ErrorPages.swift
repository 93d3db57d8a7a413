import Formats
import Glibc
import HTTPTypes
package import Hummingbird
import Kernel
import Logging
import NIOCore
import Storage

/// Turns every thrown error into a page or, for the JSON interface, into problem+json (RFC 9457).
package struct ErrorPages: RouterMiddleware {
    package typealias Context = SiteContext
    let site: Site
    let newID: @Sendable () -> String

    package init(site: Site, newID: @escaping @Sendable () -> String) { (self.site, self.newID) = (site, newID) }

    package func handle(
        _ request: Request, context: SiteContext, next: (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch let refusal as Refusal {
            if let fault = context.sitzungsfehler, [.signInNeeded, .notAllowed].contains(refusal.kind) {
                // To say "sign in" to somebody who is signed in would lose what they typed.
                let incident = newID()
                context.logger.error(
                    "sitzung nicht gelesen",
                    metadata: ["vorfall": "\(incident)", "fehler": "\(protokollierbar(fault))"])
                return try answer(Problem.unavailable(incident), request, context)
            }
            return try answer(Problem(refusal), request, context)
        } catch let error as IOError where error.errnoCode == ECONNRESET || error.errnoCode == EPIPE {
            // Whoever asked hung up in the middle of it; nobody reads the answer, and nothing is broken here.
            context.logger.debug("abgerissen")
            return Response(status: .badRequest)
        } catch let error as HTTPError {
            return try answer(Problem(error), request, context)
        } catch let error as FalscheMethode {
            var response = try answer(error.problem, request, context)
            if !error.erlaubt.isEmpty { response.headers[.allow] = error.erlaubt.joined(separator: ", ") }
            return response
        } catch let error as Eingabefehler {
            return try answer(Problem(error), request, context)
        } catch let error as ZuVieleAnfragen {
            var response = try answer(Drosselstand.problem(error.stand.grenze), request, context)
            response.headers[.retryAfter] = "\(error.stand.warte)"
            return response
        } catch let error as CancellationError {
            throw error
        } catch StorageError.unavailable(let reason) {
            let incident = newID()
            context.logger.error(
                "datenbank nicht erreichbar", metadata: ["vorfall": "\(incident)", "grund": "\(reason)"])
            return try answer(Problem.unavailable(incident), request, context)
        } catch let error as StorageError where error.preventsWriting {
            let incident = newID()
            context.logger.error(
                "datenbank kann nicht speichern",
                metadata: ["vorfall": "\(incident)", "grund": "\(protokollierbar(error))"])
            return try answer(Problem.notWritable(incident), request, context)
        } catch StorageError.conflict {
            return try answer(
                Problem(Refusal(.unavailable, "Gerade wird viel geändert. Bitte versuchen Sie es gleich noch einmal.")),
                request, context)
        } catch {
            let incident = newID()
            context.logger.error("fehler", metadata: ["vorfall": "\(incident)", "fehler": "\(protokollierbar(error))"])
            return try answer(Problem.internalFault(incident), request, context)
        }
    }

    /// A database's message may quote what a person typed, so the log gets its code alone.
    private func protokollierbar(_ error: any Error) -> String {
        switch error {
        case let error as StorageError: error.ohneWerte ?? "\(type(of: error))"
        case let error as Views.Broken: error.description
        default: "\(type(of: error))"
        }
    }

    private func answer(_ problem: Problem, _ request: Request, _ context: SiteContext) throws -> Response {
        var response = try page(problem, request, context)
        if let pause = problem.pause { response.headers[.retryAfter] = "\(pause)" }
        // Routes get this from the router; an address without a route has nobody but us.
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func page(_ problem: Problem, _ request: Request, _ context: SiteContext) throws -> Response {
        if request.uri.path.hasPrefix("/api/") {
            var response = problem.json
            if problem.status == .unauthorized { response.headers[.wwwAuthenticate] = context.herausforderung }
            return response
        }
        if problem.status == .unauthorized, request.method == .get || request.method == .head {
            let target = request.uri.string.utf8.count <= 1_000 ? request.uri.string : "/"
            return .weiter(zu: Adresse("/anmelden", [("ziel", target)]).text)
        }
        return try site.render(ErrorPage(problem: problem), context, status: problem.status)
    }
}

/// What went wrong in the words of the person or program that asked.
struct Problem: Sendable {
    let status: HTTPResponse.Status
    let titel: String
    let text: String
    let rat: String?
    let vorfall: String?
    /// The fields of a JSON body that are wrong.
    let fehler: [(feld: String, satz: String)]

    init(
        _ status: HTTPResponse.Status, _ titel: String, _ text: String, rat: String? = nil, vorfall: String? = nil,
        fehler: [(feld: String, satz: String)] = []
    ) {
        (self.status, self.titel, self.text, self.rat) = (status, titel, text, rat)
        (self.vorfall, self.fehler) = (vorfall, fehler)
    }

    init(_ error: Eingabefehler) {
        let first = error.fehler.first.map { "\($0.feld): \($0.satz)" } ?? ""
        self.init(
            .unprocessableContent, "Angaben unvollständig",
            error.fehler.count > 1 ? "\(error.fehler.count) Angaben sind falsch. \(first)" : first,
            fehler: error.fehler)
    }

    init(_ refusal: Refusal) {
        let (status, titel): (HTTPResponse.Status, String) =
            switch refusal.kind {
            case .badRequest: (.badRequest, "So geht die Anfrage nicht")
            case .signInNeeded: (.unauthorized, "Anmeldung nötig")
            case .notAllowed: (.forbidden, "Nicht erlaubt")
            case .notFound: (.notFound, "Nicht gefunden")
            case .conflict: (.conflict, "Inzwischen geändert")
            case .tooLarge: (.contentTooLarge, "Zu groß")
            case .uriTooLong: (.uriTooLong, "Adresse zu lang")
            case .unprocessable: (.unprocessableContent, "Angaben unvollständig")
            case .unsupportedMediaType: (.unsupportedMediaType, "Unbekannte Art von Daten")
            case .unavailable: (.serviceUnavailable, "Gerade nicht erreichbar")
            }
        self.init(status, titel, refusal.message)
    }

    init(_ error: HTTPError) {
        switch error.status {
        case .notFound:
            self.init(
                .notFound, "Nicht gefunden", "Diese Seite gibt es nicht.",
                rat: "Prüfen Sie die Adresse oder beginnen Sie auf der Startseite.")
        case .contentTooLarge: self.init(.contentTooLarge, "Zu groß", "Das ist zu viel auf einmal.")
        case let status where (400..<500).contains(status.code):
            self.init(status, "So geht die Anfrage nicht", "Die Anfrage war so nicht zu verstehen.")
        default: self.init(.internalServerError, "Fehler", "Etwas ist schiefgegangen.")
        }
    }

    /// Seconds after which asking again may help; nil where it would not.
    var pause: Int? { status == .serviceUnavailable ? (vorfall == nil ? 1 : 5) : nil }

    static func unavailable(_ incident: String) -> Problem {
        Problem(
            .serviceUnavailable, "Gerade nicht erreichbar", "Die Datenbank antwortet zurzeit nicht.",
            rat: "Bitte versuchen Sie es in einigen Minuten noch einmal.", vorfall: incident)
    }

    static func notWritable(_ incident: String) -> Problem {
        Problem(
            .serviceUnavailable, "Gerade nicht zu speichern",
            "Die Datenbank nimmt zurzeit keine Änderungen an. Ihre Änderung ist nicht gespeichert.",
            rat:
                "Lesen geht weiter. Mit „Zurück“ kommen Sie zu Ihrer Eingabe; versuchen Sie es in einigen Minuten noch einmal.",
            vorfall: incident)
    }

    static func internalFault(_ incident: String) -> Problem {
        Problem(
            .internalServerError, "Das hat nicht geklappt", "Der Fehler liegt bei uns und ist festgehalten.",
            rat: "Ihre Daten sind unverändert. Nennen Sie der Betriebsstelle die Vorfallnummer.", vorfall: incident)
    }

    var json: Response { .json(bytes, status: status, type: "application/problem+json") }

    var bytes: [UInt8] {
        var json = JSONWriter(capacity: 256)
        json.object { json in
            json.field("type", "about:blank")
            json.field("title", titel)
            json.field("status", status.code)
            json.field("detail", text)
            if let vorfall { json.field("vorfall", vorfall) }
            if !fehler.isEmpty {
                json.field(
                    "fehler",
                    array: { json in
                        for entry in fehler {
                            json.object { json in
                                json.field("feld", entry.feld)
                                json.field("satz", entry.satz)
                            }
                        }
                    })
            }
        }
        return json.bytes
    }
}

struct ErrorPage: Page {
    static let template = "web/fehler"
    let problem: Problem

    var titel: String { problem.titel }
    var brotkrumen: [Krume] { [Krume("Start", "/"), Krume(problem.titel)] }
    var bereich: String { "" }

    func child(named: String) -> Any? {
        switch named {
        case "status": problem.status.code
        case "ueberschrift": problem.titel
        case "text": problem.text
        case "rat": problem.rat
        case "vorfall": problem.vorfall
        default: nil
        }
    }
}
