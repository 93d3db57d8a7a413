import Crypto
package import Formats
package import Kernel
import Web

/// Content in a bucket of an S3-compatible store, addressed by path.
package struct S3Ablage: Dateiablage {
    private let zugang: S3Zugang
    /// Where what is fetched lies while it is sent on.
    private let zwischen: String
    private let now: @Sendable () -> Instant
    private let plaetze: Kopieplaetze

    /// A file with certificates that are trusted besides the system's.
    private let zertifikate: String?

    /// - Parameter kopien: how many fetched copies may lie there at a time.
    package init(
        _ zugang: S3Zugang, zwischen: String, zertifikate: String? = nil, kopien: Int = 32,
        now: @escaping @Sendable () -> Instant = { .jetzt() }
    ) {
        (self.zugang, self.zwischen, self.zertifikate) = (zugang, zwischen, zertifikate)
        (self.now, plaetze) = (now, Kopieplaetze(kopien))
    }

    package var name: String { "s3" }

    /// All that we put lies below this.
    private static let vorsatz = "dateien/"
    private static let leer = SHA256.hash(data: [UInt8]()).hex

    package func lege(_ datei: TemporaryFile, sha256: String, an ort: String) async throws {
        let answer = try await frage("PUT", Self.vorsatz + ort, sha256: sha256, quelle: datei)
        guard (200..<300).contains(answer.status) else { throw unerwartet("PUT", answer.status) }
        datei.removeName()
    }

    package func hole(_ ort: String) async throws -> any Bytezugriff {
        guard Ablageort.teile(ort) != nil else { throw Ablagefehler.fehlt }
        guard let platz = plaetze.nimm() else { throw Ablagefehler.besetzt }
        try Ordner.lege(zwischen)
        let file = try TemporaryFile(in: zwischen, prefix: Dateieingang.vorsatz)
        file.removeName()
        let answer = try await frage("GET", Self.vorsatz + ort, senke: file)
        if answer.status == 404 { throw Ablagefehler.fehlt }
        guard answer.status == 200 else { throw unerwartet("GET", answer.status) }
        return Kopie(file, platz)
    }

    package func enthaelt(_ ort: String) async throws -> Bool {
        guard Ablageort.teile(ort) != nil else { return false }
        // One byte says as much as all of it; 416 is the answer for an empty one.
        let answer = try await frage("GET", Self.vorsatz + ort, bereich: "bytes=0-0")
        if answer.status == 404 { return false }
        guard [200, 206, 416].contains(answer.status) else { throw unerwartet("GET", answer.status) }
        return true
    }

    @discardableResult
    package func loesche(_ ort: String) async throws -> Bool {
        guard Ablageort.teile(ort) != nil, zugang.loeschen else { return false }
        let answer = try await frage("DELETE", Self.vorsatz + ort)
        guard (200..<300).contains(answer.status) || answer.status == 404 else {
            throw unerwartet("DELETE", answer.status)
        }
        return answer.status != 404
    }

    package func orte(vor grenze: Instant) async throws -> [String] {
        // Asked for what may be taken away, which is nothing there.
        guard zugang.loeschen else { return [] }
        var found: [String] = []
        var token: String?
        repeat {
            let query =
                [("continuation-token", token), ("list-type", "2"), ("prefix", Self.vorsatz)]
                .compactMap { name, value in value.map { "\(name)=\(Prozentkodierung.encode($0))" } }.joined(
                    separator: "&")
            let answer = try await frage("GET", "", abfrage: query)
            guard answer.status == 200 else { throw unerwartet("GET", answer.status) }
            let page = try S3Liste(answer.bytes)
            // ISO 8601 in UTC sorts as text.
            let limit = Self.iso(grenze)
            found += page.eintraege.filter { $0.geaendert < limit }.map {
                String($0.name.dropFirst(Self.vorsatz.count))
            }
            token = page.weiter
        } while token != nil
        return found.filter { Ablageort.teile($0) != nil }
    }

    private func frage(
        _ methode: String, _ ort: String, abfrage: String = "", sha256: String = leer, quelle: TemporaryFile? = nil,
        senke: TemporaryFile? = nil, bereich: String? = nil
    ) async throws -> Uebertragung.Antwort {
        // Places consist of plain letters, so nothing in them needs encoding.
        let path = "/\(zugang.bucket)" + (ort.isEmpty ? "" : "/\(ort)")
        let time = SigV4.zeit(now())
        var head: [(name: String, wert: String)] = [
            ("host", zugang.host), ("x-amz-content-sha256", sha256), ("x-amz-date", time),
        ]
        let proof = SigV4(schluessel: zugang.schluessel, geheimnis: zugang.geheimnis, region: zugang.region)
            .beleg(methode, pfad: path, abfrage: abfrage, kopf: head, inhalt: sha256, zeit: time)
        head.append(("Authorization", proof))
        if let bereich { head.append(("Range", bereich)) }
        let scheme = zugang.ursprung.verschluesselt ? "https" : "http"
        let request = Uebertragung(
            methode, "\(scheme)://\(zugang.host)\(path)" + (abfrage.isEmpty ? "" : "?\(abfrage)"),
            kopf: head.filter { $0.name != "host" }, quelle: quelle, senke: senke, zertifikate: zertifikate)
        do {
            return try await Nebenfaden.tue { try request.ausfuehren() }
        } catch let error as Abruffehler {
            throw Ablagefehler.gestoert("S3 \(methode): \(error.rawValue)")
        }
    }

    private func unerwartet(_ methode: String, _ status: Int) -> Ablagefehler {
        .gestoert("S3 \(methode): Status \(status)")
    }

    /// `2026-11-22T09:15:00`, as far as both kinds of store write it.
    private static func iso(_ time: Instant) -> String {
        let text = Array(SigV4.zeit(time))
        return "\(String(text[0..<4]))-\(String(text[4..<6]))-\(String(text[6..<8]))T"
            + "\(String(text[9..<11])):\(String(text[11..<13])):\(String(text[13..<15]))"
    }
}

/// A page of the contents of a bucket.
private struct S3Liste {
    var eintraege: [(name: String, geaendert: String)] = []
    var weiter: String?

    init(_ bytes: [UInt8]) throws {
        let reader = try XMLReader(bytes: bytes, name: "S3")
        var name = ""
        while let event = try reader.next() {
            guard case .start(let element) = event else { continue }
            switch element.name.local {
            case "Key": name = try reader.elementText()
            case "LastModified": eintraege.append((name, try reader.elementText()))
            case "NextContinuationToken": weiter = try reader.elementText()
            default: break
            }
        }
    }
}
