import Foundation
import Kernel
import Web
package import Webhooks

/// What the settings say about requests that leave this server.
extension Einstellung {
    static let webhookziele = Einstellung(
        name: "LEITSTAND_WEBHOOK_ZIELE", art: "Ziele", vorgabe: nil,
        beschreibung:
            "Ziele von Webhooks, die trotz innerem Netz oder http erlaubt sind, mit Komma getrennt, etwa https://esb.kreis.intern:8443.",
        geheim: false)
    static let zertifikate = Einstellung(
        name: "LEITSTAND_ZERTIFIKATE", art: "Datei", vorgabe: nil,
        beschreibung:
            "Eigene Zertifikate (PEM), denen neben denen des Systems vertraut wird, bei Webhooks, Anmeldedienst, S3 und Mailserver.",
        geheim: false)

    static let ausgang = [webhookziele, zertifikate]
}

extension Einstellungen {
    /// Where webhooks may lead besides public hosts with TLS.
    package func webhookziele() throws -> Webhookziele {
        let abruf = Abruf(zertifikate: try zertifikate())
        do {
            return Webhookziele(erlaubte: try Webhookziele.erlaubte(wert(.webhookziele) ?? ""), abruf: abruf)
        } catch let refusal as Refusal {
            throw Refusal(refusal.kind, "\(Einstellung.webhookziele.name): \(refusal.message)")
        }
    }

    /// A file with certificates of the operator's own authority; nil where the system's suffice.
    ///
    /// - Throws: `Refusal` where there is no such file, or none in it: every connection would fail, and nobody knew why.
    package func zertifikate() throws -> String? {
        guard let path = wert(.zertifikate) else { return nil }
        guard let bytes = FileManager.default.contents(atPath: path),
            bytes.range(of: Data("-----BEGIN CERTIFICATE-----".utf8)) != nil
        else {
            throw Refusal(
                .badRequest,
                "\(Einstellung.zertifikate.name): In \(path) steht kein Zertifikat (PEM), oder die Datei ist nicht lesbar."
            )
        }
        return path
    }
}
