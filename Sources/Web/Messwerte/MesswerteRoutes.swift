import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// `/metrics`: figures for the operator's supervision, not for the public.
package struct MesswerteRoutes: RoomRoutes {
    let messwerte: Messwerte
    let netze: [Netzbereich]

    /// `netze` may read besides the machine itself.
    package init(messwerte: Messwerte, netze: [Netzbereich]) { (self.messwerte, self.netze) = (messwerte, netze) }

    package func add(to routes: inout Routes) {
        routes.get("/metrics", use: lies)
    }

    @Sendable func lies(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard darf(request, gegenstelle: context.gegenstelle) else {
            throw Refusal(
                .notAllowed,
                "Die Messwerte liest nur die Überwachung dieser Installation: vom selben Rechner oder aus einem Netz, das in LEITSTAND_METRIKEN steht."
            )
        }
        return Response(
            status: .ok, headers: [.contentType: Messtext.typ, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: messwerte.text)))
    }

    /// Who came through a proxy is not who the address says, so a request that was passed on never counts.
    func darf(_ request: Request, gegenstelle: String?) -> Bool {
        guard let gegenstelle, !MesswerteRoutes.weitergereicht.contains(where: { request.headers[$0] != nil }) else {
            return false
        }
        if netze.contains(where: { $0.enthaelt(gegenstelle) }) { return true }
        // A proxy on this machine that says nothing of itself still asks for the public name.
        return Netzbereich.eigene.contains { $0.enthaelt(gegenstelle) }
            && MesswerteRoutes.istEigenerName(request.head.authority ?? request.headers[.init("Host") ?? .server])
    }

    private static let weitergereicht = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"]
        .compactMap { HTTPField.Name($0) }

    private static func istEigenerName(_ host: String?) -> Bool {
        guard var name = host?.lowercased()[...] else { return true }
        if name.hasPrefix("["), let end = name.firstIndex(of: "]") {
            name = name[name.index(after: name.startIndex)..<end]
        } else if let colon = name.firstIndex(of: ":") {
            name = name[..<colon]
        }
        return name == "localhost" || Netzbereich.eigene.contains { $0.enthaelt(String(name)) }
    }
}
