package import Formats
package import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore

/// Renders pages inside the frame that all of them share.
package struct Site: Sendable {
    package let views: Views
    package let assets: Assets
    package let navigation: [Verweis]
    let fussnoten: [Verweis]
    package let version: String
    let suchpfad: String?
    package let grundadresse: Grundadresse
    package let now: @Sendable () -> Instant

    /// The public address as the operator configured it, without a slash at its end; nil where nobody did.
    package var adresse: String? { grundadresse.konfiguriert }

    package init(
        views: Views, assets: Assets, navigation: [Verweis], fussnoten: [Verweis], version: String,
        suchpfad: String? = nil, grundadresse: Grundadresse = Grundadresse(),
        now: @escaping @Sendable () -> Instant = { .jetzt() }
    ) {
        self.views = views
        self.assets = assets
        self.navigation = navigation
        self.fussnoten = fussnoten
        self.version = version
        self.suchpfad = suchpfad
        self.grundadresse = grundadresse
        self.now = now
    }

    package func render(
        _ page: some Page, _ context: SiteContext, status: HTTPResponse.Status = .ok, csrf: String? = nil
    ) throws -> Response {
        let html = try text(page, context, csrf: csrf)
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8"]
        // What one person sees must not be kept for the next one at the same machine.
        headers[.cacheControl] = context.sitzung == nil && csrf == nil ? "no-cache" : "no-store"
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: html)))
    }

    func text(_ page: some Page, _ context: SiteContext, csrf: String? = nil) throws -> String {
        let frame = Frame(
            assets: assets.base, version: version,
            navigation: navigation.map { Verweis($0.name, $0.pfad, aktiv: $0.pfad == page.bereich) },
            fussnoten: fussnoten, titel: page.titel, brotkrumen: page.brotkrumen,
            person: context.person, csrf: csrf ?? context.sitzung?.csrf,
            anmelden: Adresse("/anmelden", [("ziel", context.seite)]).text, suchpfad: suchpfad,
            druckadresse: context.adresse.map { grundadresse.text(context) + $0 }, abgerufen: now().tag.deutsch)
        return try views.render(FramedPage(page: page, frame: frame), template: type(of: page).template)
    }

    /// A part of another room's page, as finished HTML.
    package func fragment(_ value: any Ansicht, template: String) throws -> Fragment {
        Fragment(html: try views.render(value, template: template))
    }
}

extension Site {
    /// The form once more, because nothing typed is to be lost: with the faults at their fields, or, where somebody else
    /// changed the record meanwhile, with that beside `feld`.
    ///
    /// - Throws: `error` itself where it is neither.
    package func formular(
        nach error: any Error, konfliktBei feld: String, _ context: SiteContext, _ seite: (FormErrors) -> some Page
    ) throws -> Response {
        switch error {
        case let errors as FormErrors: return try render(seite(errors), context, status: .unprocessableContent)
        case let refusal as Refusal where refusal.kind == .conflict:
            var errors = FormErrors()
            errors.add(feld, refusal.message)
            return try render(seite(errors), context, status: .conflict)
        default: throw error
        }
    }
}

/// Finished, already escaped HTML made by a template of ours.
package struct Fragment: Ansicht {
    package let html: String

    init(html: String) { self.html = html }

    package init(markdown: Markdown) { html = markdown.html }

    package func child(named: String) -> Any? { named == "html" ? html : nil }
}

extension Response {
    /// 303: the browser fetches the page of the changed thing.
    package static func weiter(zu path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }

    /// 308: the thing lives at its one true address.
    package static func dauerhaft(zu path: String) -> Response {
        Response(status: .permanentRedirect, headers: [.location: path])
    }

    /// A finished JSON document.
    package static func json(
        _ bytes: [UInt8], status: HTTPResponse.Status = .ok, type: String = "application/json; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-cache"],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
