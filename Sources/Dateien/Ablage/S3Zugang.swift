import Crypto
import Formats
import Foundation
package import Kernel
import Web

/// Where an S3-compatible store is, and the account there.
package struct S3Zugang: Sendable, Equatable {
    let ursprung: Ursprung
    let bucket: String
    let region: String
    let schluessel: String
    let geheimnis: String
    /// False for a bucket from which nothing may be taken away, because another installation uses it, too.
    let loeschen: Bool

    static let regel =
        "Gemeint ist https://SCHLÜSSEL:GEHEIMNIS@RECHNER/BUCKET?region=REGION; Sonderzeichen in Schlüssel und Geheimnis prozentkodiert. Unverschlüsselt (http://) geht es nur zum eigenen Rechner oder mit &unverschluesselt=ja. Mit &loeschen=nein wird dort nie etwas gelöscht."

    /// - Throws: `Refusal` with a sentence that never repeats the value, because it holds a secret.
    package init(_ text: String) throws(Refusal) {
        let wrong = Refusal(.badRequest, Self.regel)
        let lower = text.lowercased()
        let isTLS = lower.hasPrefix("https://")
        guard isTLS || lower.hasPrefix("http://") else { throw wrong }
        let rest = text.dropFirst(isTLS ? 8 : 7)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { throw wrong }
        let account = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let decoded = account.compactMap { Prozentkodierung.decode($0, plusIsSpace: false) }
        guard decoded.count == 2, decoded.allSatisfy(Self.istAngabe) else { throw wrong }
        let tail = rest[authority.endIndex...]
        let path = tail.prefix { $0 != "?" }.split(separator: "/").map(String.init)
        guard path.count == 1, let bucket = path.first,
            bucket.wholeMatch(of: #/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/#) != nil
        else { throw wrong }
        var values: [String: String] = [:]
        for pair in tail.drop(while: { $0 != "?" }).dropFirst().split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, ["region", "unverschluesselt", "loeschen"].contains(parts[0]) else { throw wrong }
            values[parts[0]] = parts[1]
        }
        let region = values["region"] ?? "us-east-1"
        guard region.wholeMatch(of: #/[A-Za-z0-9-]{1,40}/#) != nil,
            let target = Abrufziel("\(isTLS ? "https" : "http")://\(authority[authority.index(after: at)...])/")
        else { throw wrong }
        guard isTLS || target.ursprung.nenntEigenenRechner || values["unverschluesselt"] == "ja" else { throw wrong }
        guard ["ja", "nein"].contains(values["loeschen"] ?? "ja") else { throw wrong }
        loeschen = values["loeschen"] != "nein"
        (ursprung, self.bucket, self.region) = (target.ursprung, bucket, region)
        (schluessel, geheimnis) = (decoded[0], decoded[1])
    }

    private static func istAngabe(_ text: String) -> Bool {
        (1...500).contains(text.utf8.count) && text.utf8.allSatisfy { (33...126).contains($0) }
    }

    /// The host as requests name it; a port that goes without saying is left out.
    var host: String {
        let name = ursprung.rechner.contains(":") ? "[\(ursprung.rechner)]" : ursprung.rechner
        return ursprung.port == (ursprung.verschluesselt ? 443 : 80) ? name : "\(name):\(ursprung.port)"
    }
}

/// AWS Signature Version 4: proves a request by the account's secret without sending it.
struct SigV4 {
    let schluessel: String
    let geheimnis: String
    let region: String
    var dienst = "s3"

    /// The value of `Authorization`. `kopf` are all headers that are signed, with `host` and `x-amz-date` among them;
    /// `pfad` and `abfrage` are encoded already, the query sorted.
    func beleg(
        _ methode: String, pfad: String, abfrage: String, kopf: [(name: String, wert: String)], inhalt sha256: String,
        zeit: String
    ) -> String {
        let sorted = kopf.map { ($0.name.lowercased(), $0.wert) }.sorted { $0.0 < $1.0 }
        let names = sorted.map(\.0).joined(separator: ";")
        let request = [
            methode, pfad, abfrage, sorted.map { "\($0.0):\($0.1)\n" }.joined(), names, sha256,
        ].joined(separator: "\n")
        let day = String(zeit.prefix(8))
        let scope = "\(day)/\(region)/\(dienst)/aws4_request"
        let text = [
            "AWS4-HMAC-SHA256", zeit, scope, SHA256.hash(data: Array(request.utf8)).hex,
        ].joined(separator: "\n")
        var key = Array("AWS4\(geheimnis)".utf8)
        for part in [day, region, dienst, "aws4_request"] { key = Self.hmac(key, part) }
        return
            "AWS4-HMAC-SHA256 Credential=\(schluessel)/\(scope),SignedHeaders=\(names),Signature=\(Self.hmac(key, text).hex)"
    }

    private static func hmac(_ key: [UInt8], _ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }

    /// `20261122T091500Z`
    static func zeit(_ now: Instant) -> String {
        var seconds = time_t(now.rawValue / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(parts.tm_year + 1_900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))"
        return "\(day)T\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))Z"
    }
}
