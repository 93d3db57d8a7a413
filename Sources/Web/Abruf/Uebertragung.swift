import CCurl
package import Formats

/// A request to a server that the operator configured, with a file as its content or its answer; nothing of it is held in
/// memory.
///
/// It goes to an address that was looked up once, follows no redirect and knows no proxy. Blocks until it is over.
package struct Uebertragung: Sendable {
    package struct Antwort: Sendable {
        package let status: Int
        /// The content of an answer that goes to no file, or of a failure.
        package let bytes: [UInt8]
    }

    private let methode: String
    private let ziel: String
    private let kopf: [(name: String, wert: String)]
    private let quelle: TemporaryFile?
    private let senke: TemporaryFile?
    private let zertifikate: String?

    package init(
        _ methode: String, _ ziel: String, kopf: [(name: String, wert: String)], quelle: TemporaryFile? = nil,
        senke: TemporaryFile? = nil, zertifikate: String? = nil
    ) {
        (self.methode, self.ziel, self.kopf, self.quelle, self.senke) = (methode, ziel, kopf, quelle, senke)
        self.zertifikate = zertifikate
    }

    /// Where the bytes come from and go to while libcurl works.
    private final class Weg {
        let curl: UnsafeMutableRawPointer
        let quelle: TemporaryFile?
        let senke: TemporaryFile?
        var gelesen = 0
        var bytes: [UInt8] = []
        var istVoll = false

        init(_ curl: UnsafeMutableRawPointer, _ quelle: TemporaryFile?, _ senke: TemporaryFile?) {
            (self.curl, self.quelle, self.senke) = (curl, quelle, senke)
        }

        func gib(_ target: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
            // A short count ends the request with a failure, because its length was promised.
            guard let part = try? quelle?.read(at: gelesen, count: count) else { return 0 }
            UnsafeMutableRawPointer(target).copyMemory(from: part, byteCount: part.count)
            gelesen += part.count
            return part.count
        }

        func nimm(_ start: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
            let part = Array(UnsafeRawBufferPointer(start: start, count: count))
            if let senke, ls_curl_status(curl) == 200 {
                do { try senke.append(part) } catch {
                    istVoll = true
                    return 0
                }
            } else {
                guard bytes.count + count <= 4 << 20 else { return 0 }
                bytes += part
            }
            return count
        }
    }

    private static let bereit = ls_curl_begin() != 0

    /// - Throws: `Abruffehler`, or `FormatError` where the disk is full.
    package func ausfuehren() throws -> Antwort {
        guard let adresse = Abrufziel(ziel) else { throw Abruffehler.keineAdresse }
        let found = Netzadresse.aufloesen(adresse.ursprung.rechner).filter(Netzadresse.istAdresse)
        guard !found.isEmpty else { throw Abruffehler.unbekannt }
        for (index, address) in found.prefix(4).enumerated() {
            do { return try versuche(adresse, address) } catch Abruffehler.verbindung where index + 1 < found.count {
                // Nothing was sent there: the next address may answer.
                continue
            }
        }
        throw Abruffehler.verbindung
    }

    private func versuche(_ ziel: Abrufziel, _ address: String) throws -> Antwort {
        guard Self.bereit, let curl = curl_easy_init() else { throw Abruffehler.gestoert }
        defer { curl_easy_cleanup(curl) }
        let weg = Weg(curl, quelle, senke)
        let fest = curl_slist_append(nil, "::\(address.contains(":") ? "[\(address)]" : address):\(ziel.ursprung.port)")
        // Nobody is asked first whether the content is welcome: the answer would come too late for some stores.
        var zeilen = curl_slist_append(nil, "Expect:")
        for (name, wert) in kopf where !(name + wert).utf8.contains(where: { $0 == 10 || $0 == 13 || $0 == 0 }) {
            zeilen = curl_slist_append(zeilen, "\(name): \(wert)")
        }
        defer {
            curl_slist_free_all(fest)
            curl_slist_free_all(zeilen)
        }
        var zahlen: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_CONNECTTIMEOUT_MS, 10_000),
            // Large content may take long; one that does not move for a minute is broken off.
            (CURLOPT_LOW_SPEED_LIMIT, 1_024), (CURLOPT_LOW_SPEED_TIME, 60),
            (CURLOPT_HTTP_VERSION, ls_curl_http_1_1()), (CURLOPT_SSLVERSION, Int(ls_curl_tls_1_2())),
            (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2), (CURLOPT_FRESH_CONNECT, 1),
            (CURLOPT_FORBID_REUSE, 1),
        ]
        if let quelle { zahlen.append((CURLOPT_INFILESIZE_LARGE, quelle.byteCount)) }
        var texte: [(CURLoption, String)] = [
            (CURLOPT_URL, ziel.text), (CURLOPT_PROTOCOLS_STR, "http,https"), (CURLOPT_USERAGENT, "Leitstand"),
            (CURLOPT_PROXY, ""), (CURLOPT_NOPROXY, "*"),
        ]
        if let zertifikate { texte.append((CURLOPT_CAINFO, zertifikate)) }
        if quelle == nil, methode != "GET" { texte.append((CURLOPT_CUSTOMREQUEST, methode)) }
        let place = Unmanaged.passUnretained(weg).toOpaque()
        let code = withExtendedLifetime(weg) { () -> CURLcode in
            let give: ls_curl_data = { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                return Unmanaged<Weg>.fromOpaque(context).takeUnretainedValue().gib(bytes, size * count)
            }
            let take: ls_curl_data = { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                return Unmanaged<Weg>.fromOpaque(context).takeUnretainedValue().nimm(bytes, size * count)
            }
            guard zahlen.allSatisfy({ ls_curl_number(curl, $0.0, $0.1) != 0 }),
                texte.allSatisfy({ ls_curl_text(curl, $0.0, $0.1) != 0 }),
                ls_curl_list(curl, CURLOPT_CONNECT_TO, fest) != 0, ls_curl_list(curl, CURLOPT_HTTPHEADER, zeilen) != 0,
                ls_curl_receive(curl, take, place) != 0, quelle == nil || ls_curl_upload(curl, give, place) != 0
            else { return CURLE_BAD_FUNCTION_ARGUMENT }
            return curl_easy_perform(curl)
        }
        if weg.istVoll { throw TemporaryFile.full }
        switch code {
        case CURLE_OK: break
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: throw Abruffehler.verbindung
        case CURLE_OPERATION_TIMEDOUT: throw Abruffehler.zeit
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: throw Abruffehler.tls
        default: throw Abruffehler.gestoert
        }
        return Antwort(status: ls_curl_status(curl), bytes: weg.bytes)
    }
}
