import Kernel
package import Post

/// What the settings say about letters and the links in them.
extension Einstellungen {
    /// The mail server; nil where none is configured.
    ///
    /// - Throws: `Refusal` that names the setting and never its value.
    package func postausgang() throws -> (any Postausgang)? {
        guard let smtp = wert(.smtp) else { return nil }
        guard let absender = wert(.absender) else {
            throw Refusal(
                .badRequest,
                "\(Einstellung.absender.name) fehlt: Mit \(Einstellung.smtp.name) braucht Leitstand eine Absenderadresse."
            )
        }
        func named<T>(_ setting: Einstellung, _ work: () throws -> T) throws -> T {
            do { return try work() } catch let refusal as Refusal {
                throw Refusal(.badRequest, "\(setting.name): \(refusal.message)")
            }
        }
        return SMTPPostausgang(
            try named(.smtp) { try Postzugang(smtp, zertifikate: wert(.smtpZertifikat) ?? zertifikate()) },
            absender: try named(.absender) { try Absender(absender) })
    }

    /// Nobody but people at this machine can reach the server.
    package var istEigenerRechner: Bool {
        get throws { try adresse() == nil && ["127.0.0.1", "localhost", "::1"].contains(host) }
    }

    /// Scheme and host of links in letters: the public address, else this machine where nobody else can reach it.
    package func linkadresse(port: Int? = nil) throws -> String? {
        if let adresse = try adresse() { return adresse }
        guard try istEigenerRechner else { return nil }
        return "http://localhost:\(try port ?? self.port())"
    }
}
