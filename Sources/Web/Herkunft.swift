import HTTPTypes
package import Hummingbird

/// Finds the network address that a request really comes from.
///
/// Anybody can write `X-Forwarded-For`; it counts only as far as proxies of the operator have written it.
package struct Herkunft: Sendable {
    private static let kopf = HTTPField.Name("X-Forwarded-For") ?? .server

    private let proxys: [Netzbereich]

    package init(proxys: [Netzbereich] = []) { self.proxys = proxys }

    /// The address of the client, in a spelling that is the same for all addresses of one place.
    package func stelle(_ request: Request, gegenstelle: String?) -> String {
        guard let address = adresse(request, gegenstelle: gegenstelle) else { return "unbekannt" }
        return Netzbereich.stelle(address) ?? "unbekannt"
    }

    /// The last address on the way here that is no proxy of ours.
    package func adresse(_ request: Request, gegenstelle: String?) -> String? {
        guard var address = gegenstelle, istProxy(address) else { return gegenstelle }
        let way = request.headers[values: Herkunft.kopf].flatMap { $0.split(separator: ",") }.suffix(20)
        for step in way.reversed() {
            let next = step.getrimmt
            // Whoever stands before something unreadable is the last one we know.
            guard Netzbereich(next) != nil, !next.contains("/") else { return address }
            address = next
            if !istProxy(next) { break }
        }
        return address
    }

    var hatProxys: Bool { !proxys.isEmpty }

    private func istProxy(_ address: String) -> Bool { proxys.contains { $0.enthaelt(address) } }
}
