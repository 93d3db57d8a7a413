import CCurl

/// One request to one checked address through libcurl; blocks until it is over.
enum Curlabruf {
    struct Antwort {
        let status: Int
        let bytes: [UInt8]
        /// Where the answer sends us, as a whole address.
        let weiter: String?
        let spaeter: Int?
    }

    /// Collects the body up to a limit.
    private final class Senke {
        var bytes: [UInt8] = []
        let hoechstens: Int
        let kuerzt: Bool
        var zuGross = false

        init(_ hoechstens: Int, kuerzt: Bool) { (self.hoechstens, self.kuerzt) = (hoechstens, kuerzt) }

        func nimm(_ start: UnsafeMutablePointer<CChar>, _ count: Int) -> Int {
            guard bytes.count + count <= hoechstens else {
                zuGross = true
                if kuerzt {
                    let rest = hoechstens - bytes.count
                    bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: rest))
                }
                return 0
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
            return count
        }
    }

    private static let bereit = ls_curl_begin() != 0

    static func ausfuehren(
        _ ziel: Abrufziel, adresse: String, kopf: [(name: String, wert: String)], inhalt: [UInt8]?,
        millisekunden: Int, hoechstens: Int, kuerzt: Bool = false, zertifikate: String? = nil
    ) throws(Abruffehler) -> Antwort {
        guard bereit, let curl = curl_easy_init() else { throw .gestoert }
        defer { curl_easy_cleanup(curl) }
        let senke = Senke(hoechstens, kuerzt: kuerzt)
        // Whatever name the address carries: the connection goes to the checked one.
        let fest = curl_slist_append(nil, "::\(adresse.contains(":") ? "[\(adresse)]" : adresse):\(ziel.ursprung.port)")
        var zeilen: UnsafeMutablePointer<curl_slist>?
        for (name, wert) in kopf where !(name + wert).utf8.contains(where: { $0 == 10 || $0 == 13 || $0 == 0 }) {
            zeilen = curl_slist_append(zeilen, "\(name): \(wert)")
        }
        defer {
            curl_slist_free_all(fest)
            curl_slist_free_all(zeilen)
        }
        let zahlen: [(CURLoption, Int)] = [
            // Signals belong to the program, not to a request.
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_TIMEOUT_MS, millisekunden),
            (CURLOPT_CONNECTTIMEOUT_MS, min(millisekunden, 5_000)), (CURLOPT_HTTP_VERSION, ls_curl_http_1_1()),
            (CURLOPT_SSLVERSION, Int(ls_curl_tls_1_2())), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_MAXFILESIZE, kuerzt ? 0 : hoechstens), (CURLOPT_FRESH_CONNECT, 1), (CURLOPT_FORBID_REUSE, 1),
        ]
        var texte: [(CURLoption, String)] = [
            (CURLOPT_URL, ziel.text), (CURLOPT_PROTOCOLS_STR, "http,https"), (CURLOPT_USERAGENT, "Leitstand"),
            // A proxy would look the name up again and go where it likes.
            (CURLOPT_PROXY, ""), (CURLOPT_NOPROXY, "*"),
        ]
        // The folder with the system's certificates counts beside this file.
        if let zertifikate { texte.append((CURLOPT_CAINFO, zertifikate)) }
        var istGesetzt = true
        for (option, value) in zahlen { istGesetzt = istGesetzt && ls_curl_number(curl, option, value) != 0 }
        for (option, value) in texte { istGesetzt = istGesetzt && ls_curl_text(curl, option, value) != 0 }
        istGesetzt = istGesetzt && ls_curl_list(curl, CURLOPT_CONNECT_TO, fest) != 0
        if zeilen != nil { istGesetzt = istGesetzt && ls_curl_list(curl, CURLOPT_HTTPHEADER, zeilen) != 0 }
        if let inhalt {
            // Libcurl copies as many bytes as it was told before.
            istGesetzt = istGesetzt && ls_curl_number(curl, CURLOPT_POSTFIELDSIZE, inhalt.count) != 0
            istGesetzt =
                istGesetzt
                && (inhalt + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { bytes in
                    ls_curl_text(curl, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress) != 0
                }
        }
        guard istGesetzt else { throw .gestoert }
        let code = withExtendedLifetime(senke) {
            let nimm: ls_curl_data = { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                return Unmanaged<Senke>.fromOpaque(context).takeUnretainedValue().nimm(bytes, size * count)
            }
            guard ls_curl_receive(curl, nimm, Unmanaged.passUnretained(senke).toOpaque()) != 0 else {
                return CURLE_BAD_FUNCTION_ARGUMENT
            }
            return curl_easy_perform(curl)
        }
        // A body has begun, so the status and all headers have come; what is missing is only more of the body.
        let istGekuerzt = kuerzt && !senke.bytes.isEmpty && abgebrochene.contains { $0 == code }
        if !istGekuerzt {
            if senke.zuGross { throw .zuGross }
            if let fehler = fehler(code) { throw fehler }
        }
        let status = ls_curl_status(curl)
        guard (100..<600).contains(status) else { throw .gestoert }
        let spaeter = Int(ls_curl_retry_after(curl))
        return Antwort(
            status: status, bytes: senke.bytes, weiter: ls_curl_redirect(curl).map { String(cString: $0) },
            spaeter: spaeter > 0 ? spaeter : nil)
    }

    /// How a transfer ends whose body is cut off, by us, by the clock or by the other side.
    private static let abgebrochene = [
        CURLE_WRITE_ERROR, CURLE_OPERATION_TIMEDOUT, CURLE_PARTIAL_FILE, CURLE_RECV_ERROR,
    ]

    private static func fehler(_ code: CURLcode) -> Abruffehler? {
        switch code {
        case CURLE_OK: nil
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST: .verbindung
        case CURLE_OPERATION_TIMEDOUT: .zeit
        case CURLE_FILESIZE_EXCEEDED: .zuGross
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: .tls
        default: .gestoert
        }
    }
}
