import HTTPTypes
import Hummingbird
import Kernel
import Web

/// Forms for people who are not signed in: a secret in a cookie ties each form to the browser that fetched it.
struct Vorsitzung: Sendable {
    let site: Site
    let tls: Bool

    private var kekse: Anmeldekekse { Anmeldekekse(tls: tls) }

    func read(_ request: Request, _ context: SiteContext) async throws -> Abfrage {
        if context.sitzung != nil { return try await Formular.read(request, context).felder }
        guard let secret = kekse.vor(request) else {
            throw Refusal(
                .notAllowed,
                "Dieses Formular braucht Cookies. Erlauben Sie Cookies für diese Seite und laden Sie sie neu.")
        }
        return try await Formular.read(request, secret: secret).felder
    }

    func render(
        _ page: some Page, _ request: Request, _ context: SiteContext, status: HTTPResponse.Status = .ok
    ) throws -> Response {
        var context = context
        // The address of the page may be a secret; nothing on it repeats it.
        context.adresse = nil
        context.seite = nil
        if context.sitzung != nil { return geheim(try site.render(page, context, status: status)) }
        let secret = kekse.vor(request) ?? Geheimnis.neu(bytes: 24)
        var response = try site.render(page, context, status: status, csrf: secret)
        kekse.setzeVor(secret, in: &response)
        return geheim(response)
    }

    /// Not even to ourselves does a browser name the address of such a page: a proxy writes that down.
    private func geheim(_ response: Response) -> Response {
        var response = response
        response.headers[.referrerPolicy] = "strict-origin"
        return response
    }
}
