import App
import Foundation
package import HTTPTypes
import Kernel
package import Konten
import Storage
import Web

/// A program that asks with a Zugangstoken.
package struct Programmclient: Sendable {
    package let token: String
    let client: SiteClient

    package init(token: String, client: SiteClient) { (self.token, self.client) = (token, client) }

    package func frage(
        _ method: HTTPRequest.Method, _ path: String, _ json: String? = nil, _ more: HTTPFields = [:]
    ) async throws -> SiteClient.Antwort {
        var headers = more
        headers[.authorization] = "Bearer \(token)"
        if json != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await client.send(method, path, headers: headers, body: json.map { Array($0.utf8) })
    }

    package func hole(_ path: String) async throws -> SiteClient.Antwort { try await frage(.get, path) }
}

extension SiteClient {
    /// A program of this client's person, with a token made straight in the database.
    package func programm(
        _ umfang: Zugangstoken.Umfang = .aendern, organisation: String? = nil, tage: Int = 90,
        zweiterFaktor: Bool = true
    ) async throws -> Programmclient {
        guard let person = try await person() else { return Programmclient(token: "", client: self) }
        let (text, am) = (Tokentext.neu(), site.leitstand.now())
        try await datenbank.write { db in
            try ZugangStore.insert(
                text, name: "Prüfprogramm", umfang: umfang, organisation: organisation, tage: tage,
                zweiterFaktor: zweiterFaktor, fuer: person.id, durch: .betrieb(am), in: db)
        }
        return Programmclient(token: text, client: try await als(.besuch))
    }
}

extension SiteClient.Antwort {
    /// The body as a JSON object; empty for anything else.
    package var json: [String: Any] {
        // What is no JSON has no fields, and the test says so.
        (try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]) ?? [:]
    }

    /// The names of the fields that a refusal calls wrong.
    package var falscheFelder: [String] {
        (json["fehler"] as? [[String: Any]] ?? []).compactMap { $0["feld"] as? String }
    }
}
