import HTTPTypes

/// The methods of HTTP that this server understands; it has routes for some of them.
enum Methoden {
    static let bekannte: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]
}

/// A method that an address does not answer to, or that the server does not know at all.
struct FalscheMethode: Error {
    /// What the address answers to; empty when no address would answer to that method.
    let erlaubt: [String]

    /// 405 says "not here", 501 "nowhere" (RFC 9110, sections 15.5.6 and 15.6.2).
    var problem: Problem {
        erlaubt.isEmpty
            ? Problem(
                .notImplemented, "Das kann der Server nicht", "Diese Art von Anfrage kennt der Server nicht.")
            : Problem(
                .methodNotAllowed, "So geht die Anfrage nicht",
                "Diese Adresse beantwortet solche Anfragen nicht. Möglich: \(erlaubt.joined(separator: ", ")).",
                rat: erlaubt.contains("GET")
                    ? nil : "Hierher führt nur ein Formular. Gehen Sie zu der Seite zurück, auf der es steht.")
    }
}
