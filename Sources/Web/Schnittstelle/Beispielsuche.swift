import Formats
import Foundation
import HTTPTypes
package import Hummingbird
import Kernel
import NIOCore

/// Finds for each operation of the JSON interface an address that this installation answers.
///
/// A value for `{id}` is the `id` of the first entry of the list one step above, so no address is made up.
package struct Beispielsuche: Sendable {
    private let operationen: [APIOperation]
    private let antworten: any HTTPResponder<SiteContext>

    package init(_ operationen: [APIOperation], antworten: any HTTPResponder<SiteContext>) {
        (self.operationen, self.antworten) = (operationen, antworten)
    }

    /// Addresses below the host by the path of their operation; one that nothing answers is missing, and so is what only
    /// a token reads.
    ///
    /// `vollstaendig` is false when one is missing only because something failed just now.
    package func adressen(_ context: SiteContext) async -> (werte: [String: String], vollstaendig: Bool) {
        var found: [String: String] = [:]
        let stoerung = Stoerung()
        for operation in operationen where !operation.nurMitToken {
            guard let path = await path(of: operation, context, stoerung) else { continue }
            var values = operation.parameter.filter { $0.ort == "query" }.map { (name: $0.name, wert: $0.beispiel) }
            if case .liste = operation.antwort { values.append(("anzahl", "2")) }
            let address = Adresse("/api/v1" + path, values).text
            if case .dokument = operation.antwort, operation.path == path {
                found[operation.path] = address
            } else if await ask(address, context, stoerung) != nil {
                found[operation.path] = address
            }
        }
        return (found, !stoerung.gab)
    }

    /// The path with a real value in place of each parameter.
    private func path(of operation: APIOperation, _ context: SiteContext, _ stoerung: Stoerung) async -> String? {
        var (above, path) = ("", "")
        for part in operation.path.split(separator: "/") {
            if part.hasPrefix("{") {
                let name = String(part.dropFirst().dropLast())
                let said = operation.parameter.first { $0.name == name }?.beispiel
                let value = if let said { said } else { await first(name, of: above, at: path, context, stoerung) }
                guard let value else { return nil }
                path += "/" + Prozentkodierung.encode(value)
            } else {
                path += "/" + part
            }
            above += "/" + part
        }
        return path
    }

    /// That field of the first entry of a list.
    private func first(
        _ field: String, of pattern: String, at path: String, _ context: SiteContext, _ stoerung: Stoerung
    ) async -> String? {
        guard let list = operationen.first(where: { $0.path == pattern && !$0.aendert }), case .liste = list.antwort,
            let bytes = await ask("/api/v1\(path)?anzahl=1", context, stoerung),
            // What is no JSON is no example; the page does without.
            let json = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
            let entry = (json["eintraege"] as? [[String: Any]])?.first
        else { return nil }
        return (entry[field] as? String).flatMap { $0.contains("/") ? nil : $0 }
    }

    /// The body of an answer with status 200.
    private func ask(_ address: String, _ context: SiteContext, _ stoerung: Stoerung) async -> [UInt8]? {
        var inner = context
        // Examples are what everybody may read, and the log keeps the path of the page.
        inner.sitzung = nil
        inner.coreContext.endpointPath = EndpointPath()
        let request = Request(
            head: HTTPRequest(method: .get, scheme: nil, authority: nil, path: address),
            body: RequestBody(buffer: ByteBuffer()))
        let response: Response
        // Without an answer the page has no example; that is worth no error.
        do { response = try await antworten.respond(to: request, context: inner) } catch {
            if (error as? Refusal).map({ $0.kind == .unavailable }) ?? true { stoerung.gab = true }
            return nil
        }
        guard response.status == .ok else { return nil }
        let body = Sammler.Inhalt()
        guard (try? await response.body.write(Sammler(inhalt: body))) != nil else { return nil }
        return body.bytes
    }
}

/// Whether anything failed that may go well the next time.
private final class Stoerung {
    var gab = false
}

/// Takes the body of an answer as bytes.
private struct Sammler: ResponseBodyWriter {
    final class Inhalt { var bytes: [UInt8] = [] }

    let inhalt: Inhalt

    mutating func write(_ buffer: ByteBuffer) async throws { inhalt.bytes += buffer.readableBytesView }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
