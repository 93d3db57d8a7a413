import Formats
import HTTPTypes
import Hummingbird
package import Kernel
import NIOCore
package import Storage
package import Web

/// Attachments: a page to add and remove them at each record that has some, and the way to each file.
package struct DateiRoutes: RoomRoutes {
    let database: any Database
    let site: Site
    let eingang: Dateieingang
    let now: @Sendable () -> Instant

    package init(
        database: any Database, site: Site, eingang: Dateieingang, now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.site, self.eingang, self.now) = (database, site, eingang, now)
    }

    package func add(to routes: inout Routes) {
        routes.get("/umsetzung/{organisation}/{eintrag}/dateien", .angemeldet, use: show)
        routes.post("/umsetzung/{organisation}/{eintrag}/dateien", use: attach)
        routes.get("/dienste/{slug}/dateien", .angemeldet, use: show)
        routes.post("/dienste/{slug}/dateien", use: attach)
        routes.get("/dateien/{id}", use: download)
        routes.post("/dateien/{id}/loeschung", use: remove)
    }

    static let unbekannt = Refusal(.notFound, "Diese Datei gibt es nicht oder nicht mehr.")

    @Sendable func show(_ request: Request, _ context: SiteContext) async throws -> Response {
        let bezug = try await bezug(context)
        try context.verlange(bezug.aendern)
        let meldung = try Abfrage(request)["ok"]
        return try site.render(try await page(bezug, meldung: meldung), context)
    }

    @Sendable func attach(_ request: Request, _ context: SiteContext) async throws -> Response {
        let bezug = try await bezug(context)
        try context.verlange(bezug.aendern)
        let strom = Formularstrom(
            feld: "datei", hoechstens: eingang.grenzen.jeDatei, zuGross: eingang.grenzen.zuGross)
        do {
            try await nimm(request, context, bezug, strom)
            return .weiter(zu: bezug.dateipfad + "?ok=angehaengt")
        } catch let errors as FormErrors {
            return try await refused(bezug, strom, errors, .unprocessableContent, context)
        } catch let refusal as Refusal {
            let status: HTTPResponse.Status
            switch refusal.kind {
            case .tooLarge: status = .contentTooLarge
            case .badRequest: status = .badRequest
            case .unprocessable: status = .unprocessableContent
            case .unavailable: status = .serviceUnavailable
            default: throw refusal
            }
            var errors = FormErrors()
            errors.add("datei", refusal.message)
            return try await refused(bezug, strom, errors, status, context)
        } catch is FormatError {
            var errors = FormErrors()
            errors.add("datei", Dateieingang.keinPlatz.message)
            return try await refused(bezug, strom, errors, .serviceUnavailable, context)
        }
    }

    private func nimm(
        _ request: Request, _ context: SiteContext, _ bezug: Dateibezug, _ strom: Formularstrom
    ) async throws {
        var empfang: Dateieingang.Empfang?
        let vorher = try await vorabfehler(request, bezug)
        try await strom.read(request, context) { part in
            switch part {
            case .name(let name):
                // Said before the first byte of the file, but not before the form has proven where it comes from.
                if let vorher { throw vorher }
                empfang = try eingang.empfange()
                empfang?.name = name
            case .stueck(let bytes): try empfang?.nimm(bytes)
            }
        }
        var errors = FormErrors()
        let typed = strom.felder.roh("beschreibung").getrimmt
        if typed.unicodeScalars.count > 500 {
            errors.add("beschreibung", "Kürzen Sie die Beschreibung auf 500 Zeichen.")
        }
        guard let empfang else {
            errors.add("datei", "Wählen Sie eine Datei aus.")
            throw errors
        }
        guard errors.isEmpty else { throw errors }
        let wunsch = try await eingang.pruefe(empfang, beschreibung: typed.isEmpty ? nil : typed, am: now)
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        try await eingang.haengeAn(wunsch, empfang.datei, an: bezug, durch: urheber) { db in
            // The record may have gone to another authority while the file was on its way.
            guard let current = try BezugStore.find(bezug.art, bezug.id, in: db) else {
                throw Refusal(.notFound, "Woran die Datei hängen sollte, gibt es nicht mehr.")
            }
            try wer.verlange(current.aendern, in: db)
            return current
        }
    }

    /// What is known to be in the way before the file arrives.
    private func vorabfehler(_ request: Request, _ bezug: Dateibezug) async throws -> FormErrors? {
        let grenzen = eingang.grenzen
        let (count, sum) = try await database.read { db in
            try (
                DateiStore.anzahl(bezug, in: db), DateiStore.summe(organisation: bezug.organisation, in: db)
            )
        }
        // The length is that of the whole form; its other parts are small.
        let given = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        let length = max(0, min(given, grenzen.jeDatei + 4_096) - 4_096)
        var errors = FormErrors()
        if count >= grenzen.jeDatensatz { errors.add("datei", grenzen.zuViele) }
        if length > grenzen.jeOrganisation - sum { errors.add("datei", grenzen.voll) }
        return errors.isEmpty ? nil : errors
    }

    private func refused(
        _ bezug: Dateibezug, _ strom: Formularstrom, _ errors: FormErrors, _ status: HTTPResponse.Status,
        _ context: SiteContext
    ) async throws -> Response {
        let typed = strom.felder.roh("beschreibung")
        return try site.render(
            try await page(bezug, beschreibung: typed, fehler: errors), context, status: status)
    }

    @Sendable func remove(_ request: Request, _ context: SiteContext) async throws -> Response {
        let id = try context.parameter("id")
        _ = try await Formular.read(request, context)
        let (urheber, wer) = (context.urheber(now()), context.nachschau)
        let bezug = try await eingang.entferne(id, durch: urheber) { bezug, db in
            try wer.verlange(bezug.aendern, in: db)
        }
        return .weiter(zu: bezug.dateipfad + "?ok=entfernt")
    }

    @Sendable func download(_ request: Request, _ context: SiteContext) async throws -> Response {
        let id = try context.parameter("id")
        let found = try await database.read { db -> (Datei, Dateibezug)? in
            guard let datei = try DateiStore.find(id, in: db),
                let bezug = try BezugStore.find(datei.bezug, datei.bezugID, in: db)
            else { return nil }
            return (datei, bezug)
        }
        guard let (datei, bezug) = found else { throw Self.unbekannt }
        try context.verlange(bezug.sehen)
        // The same content under the same name is the same answer; whoever has it gets no more than that.
        let headers = Self.kopf(datei, bezug)
        if let known = request.headers[.ifNoneMatch], known.contains("\"\(datei.inhalt)\"") {
            return Response(status: .notModified, headers: headers)
        }
        if request.method == .head {
            let length = ResponseBody(contentLength: datei.groesse) { writer in try await writer.finish(nil) }
            return Response(status: .ok, headers: headers, body: length)
        }
        let file = try await eingang.inhalt(datei, am: now)
        return Response(status: .ok, headers: headers, body: Self.koerper(file))
    }

    /// Never shown by the browser itself, whatever it holds.
    private static func kopf(_ datei: Datei, _ bezug: Dateibezug) -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: datei.art.medientyp, .eTag: "\"\(datei.inhalt)\"",
            .contentDisposition: Dateiname(datei.name)?.anhang ?? "attachment",
            .cacheControl: bezug.art == .dienst ? "private, no-cache" : "no-store",
        ]
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentSecurityPolicy] = "default-src 'none'; sandbox"
        return headers
    }

    private static func koerper(_ file: any Bytezugriff) -> ResponseBody {
        let count = file.byteCount
        return ResponseBody(contentLength: count) { writer in
            var offset = 0
            while offset < count {
                let bytes = try file.read(at: offset, count: min(65_536, count - offset))
                guard !bytes.isEmpty else { break }
                offset += bytes.count
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
    }

    /// The record of the address.
    private func bezug(_ context: SiteContext) async throws -> Dateibezug {
        if context.parameters.get("slug") != nil {
            let slug = try context.parameter("slug")
            return try await database.read { db in try BezugStore.dienst(slug: slug, in: db) }
        }
        let (word, id) = (try context.parameter("organisation"), try context.parameter("eintrag"))
        return try await database.read { db in try BezugStore.eintrag(word, id, in: db) }
    }

    private func page(
        _ bezug: Dateibezug, beschreibung: String = "", fehler: FormErrors = FormErrors(), meldung: String? = nil
    ) async throws -> DateienSeite {
        let dateien = try await database.read { db in try DateiStore.alle(bezug, in: db) }
        return DateienSeite(
            bezug: bezug, dateien: dateien, grenzen: eingang.grenzen, beschreibung: beschreibung, fehler: fehler,
            meldung: meldung)
    }
}
