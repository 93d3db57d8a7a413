import HTTPTypes
package import Hummingbird
import Web

/// The cookies of signing in; but for the session's they count at `/anmelden` alone.
package struct Anmeldekekse: Sendable {
    /// Ties a form to the browser before there is a session.
    package static let vor = "leitstand_vor"
    /// Goes between the password and the code.
    package static let halb = "leitstand_halb"
    /// By which a browser is known that has signed in before.
    package static let geraet = "leitstand_geraet"

    let tls: Bool

    package init(tls: Bool) { self.tls = tls }

    func vor(_ request: Request) -> String? { wert(Anmeldekekse.vor, request) }

    func halb(_ request: Request) -> String? { wert(Anmeldekekse.halb, request) }

    package func marke(_ request: Request) -> String? { wert(Anmeldekekse.geraet, request) }

    func setzeVor(_ secret: String, in response: inout Response) {
        setze(Anmeldekekse.vor, secret, seconds: 3_600, in: &response)
    }

    /// What goes with the code of the second step, at `/anmelden`.
    package func setzeHalb(_ token: String, in response: inout Response) {
        setze(Anmeldekekse.halb, token, seconds: SitzungStore.halbdauer, in: &response)
    }

    /// Everything a browser gets that has just signed in.
    package func setze(_ beginn: Anmeldevorgang.Beginn, in response: inout Response) {
        let session = SessionCookie.set(beginn.token, seconds: KontoStore.sitzungsdauer, tls: tls)
        response.headers.append(HTTPField(name: .setCookie, value: session))
        setze(Anmeldekekse.vor, "", seconds: 0, in: &response)
        setze(Anmeldekekse.halb, "", seconds: 0, in: &response)
        setze(Anmeldekekse.geraet, beginn.marke, seconds: SitzungStore.geraetedauer, in: &response)
    }

    /// The way on after signing in: to where they wanted, or first to the second factor that their roles demand.
    func angemeldet(_ beginn: Anmeldevorgang.Beginn, ziel: String) -> Response {
        var response = Response.weiter(
            zu: beginn.faktorFehlt ? Adresse("/konto/zweiter-faktor", [("ziel", ziel)]).text : ziel)
        setze(beginn, in: &response)
        return response
    }

    /// The way on after the first step.
    func zumCode(_ half: String, ziel: String) -> Response {
        var response = Response.weiter(zu: Adresse("/anmelden", [("ziel", ziel)]).text)
        setzeHalb(half, in: &response)
        return response
    }

    /// What is known about the browser that asks.
    func browser(_ request: Request, _ context: SiteContext, _ herkunft: Herkunft) -> Anmeldevorgang.Browser {
        Anmeldevorgang.Browser(
            stelle: herkunft.stelle(request, gegenstelle: context.gegenstelle), text: Geraet.text(request),
            marke: marke(request))
    }

    private func wert(_ name: String, _ request: Request) -> String? {
        Keks(name, weg: "/anmelden").wert(in: request, tls: tls)?.nonEmptySecret
    }

    private func setze(_ name: String, _ value: String, seconds: Int, in response: inout Response) {
        let cookie = Keks(name, weg: "/anmelden").gesetzt(value, seconds: seconds, tls: tls)
        response.headers.append(HTTPField(name: .setCookie, value: cookie))
    }
}

extension String {
    /// The text when it can be one of our secrets.
    fileprivate var nonEmptySecret: String? { (20...100).contains(utf8.count) ? self : nil }
}
