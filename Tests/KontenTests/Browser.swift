import HTTPTypes
import Kernel
import Storage
import TestKit
import Testing
import Web

@testable import Konten

/// A browser that keeps its cookies and the secret of the last form it saw.
struct Browser {
    static let passwort = "geheim"

    let client: SiteClient
    var kekse: [String: String] = [:]
    var csrf = ""
    var kopf: HTTPFields = [:]
    var seite = ""

    init(_ client: SiteClient, agent: String? = nil) async throws {
        self.client = try await client.als(.besuch)
        if let agent { kopf[.userAgent] = agent }
    }

    @discardableResult mutating func get(_ path: String) async throws -> SiteClient.Antwort {
        try await sende(.get, path, type: nil, body: nil)
    }

    @discardableResult mutating func post(
        _ path: String, _ felder: [(String, String)] = [], csrf: String? = nil
    ) async throws -> SiteClient.Antwort {
        let body = (felder + [("csrf", csrf ?? self.csrf)])
            .map { "\($0.0)=\(Adresse("", [("x", $0.1)]).text.dropFirst(3))" }.joined(separator: "&")
        return try await sende(
            .post, path, type: "application/x-www-form-urlencoded", body: Array(body.utf8))
    }

    /// Both fields of the first form.
    @discardableResult mutating func melde(
        _ email: String, _ passwort: String = Browser.passwort, ziel: String = ""
    ) async throws -> SiteClient.Antwort {
        try await get("/anmelden?neu=1")
        return try await post("/anmelden", [("email", email), ("passwort", passwort), ("ziel", ziel)])
    }

    mutating func istAngemeldet() async throws -> Bool { try await get("/konto").status == .ok }

    private mutating func sende(
        _ method: HTTPRequest.Method, _ path: String, type: String?, body: [UInt8]?
    ) async throws -> SiteClient.Antwort {
        var headers = kopf
        if let type { headers[.contentType] = type }
        if !kekse.isEmpty {
            headers[.cookie] = kekse.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        }
        let antwort = try await client.send(method, path, headers: headers, body: body)
        for cookie in antwort.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            kekse[String(pair[0])] = cookie.contains("Max-Age=0;") || pair.count < 2 ? nil : String(pair[1])
        }
        if let match = antwort.text.firstMatch(of: #/name="csrf" value="([^"]+)"/#) { csrf = String(match.1) }
        seite = antwort.text
        return antwort
    }
}

/// Accounts for the tests of this room.
enum Probekonto {
    static let email = "probe@leitstand.localhost"

    @discardableResult static func anlegen(
        _ email: String = Probekonto.email, _ aemter: [Person.Amt] = [], kennwort: Kennwort? = nil,
        in database: any Database
    ) async throws -> Person.ID {
        let kennwort = try kennwort ?? Kennwort.neu(Browser.passwort, .gering)
        return try await database.write { db in
            try KontoStore.insert(email: email, kennwort: kennwort, aemter: aemter, durch: .betrieb(Welt.jetzt), in: db)
        }
    }

    /// Sets up a second factor straight in the database; the codes are the recovery codes.
    static func faktor(of person: Person.ID, in database: any Database) async throws -> (TOTP, codes: [String]) {
        let totp = TOTP(geheimnis: (0..<20).map { _ in UInt8.random(in: .min ... .max) })
        let codes = Wiederherstellungscode.neue()
        try await database.write { db in
            try ZweitfaktorStore.richteEin(
                totp, schritt: 0, codes: codes, durch: .betrieb(Welt.jetzt), of: person, in: db)
        }
        return (totp, codes)
    }
}

extension TOTP {
    /// The code that an app shows at this moment, or so many half minutes later.
    func code(_ am: Instant, plus: Int = 0) -> String { code(schritt: TOTP.schritt(am) + plus) }
}
