import CCurl
import Dispatch

/// Hands letters to a mail server through SMTP; the only code that speaks to libcurl.
package struct SMTPPostausgang: Postausgang {
    let zugang: Postzugang
    let absender: Absender
    /// How long a connection and a whole letter may take.
    let fristen: (verbindung: Int, brief: Int)

    /// Sending waits for the network, so it happens away from the threads that answer requests, a few at a time.
    private static let queue = DispatchQueue(label: "leitstand.post", attributes: .concurrent)
    private static let places = DispatchSemaphore(value: 4)

    package init(_ zugang: Postzugang, absender: Absender, verbindung: Int = 10_000, brief: Int = 30_000) {
        (self.zugang, self.absender, fristen) = (zugang, absender, (verbindung, brief))
    }

    package func sende(_ brief: Brief) async throws(Postfehler) {
        let fault = await withCheckedContinuation { (continuation: CheckedContinuation<Postfehler?, Never>) in
            SMTPPostausgang.queue.async {
                SMTPPostausgang.places.wait()
                defer { SMTPPostausgang.places.signal() }
                continuation.resume(returning: Curlsendung(postausgang: self).uebergib(brief))
            }
        }
        if let fault { throw fault }
    }
}

/// One letter on its way. Apart from the type that other rooms see, so that none of them has to know libcurl.
private struct Curlsendung {
    let postausgang: SMTPPostausgang

    /// libcurl wants to be set up once, before any other thread uses it.
    private static let isReady = ls_curl_begin() != 0

    /// What is left of the message, while libcurl asks for it.
    private final class Rest {
        var bytes: ArraySlice<UInt8>
        init(_ text: String) { bytes = ArraySlice(text.utf8) }
    }

    /// The last refusal of the server, to read its status (RFC 3463) from.
    private final class Antwort {
        var absage: String?
    }

    func uebergib(_ brief: Brief) -> Postfehler? {
        let antwort = Antwort()
        // libcurl takes leave of the server when it is cleaned up, and hears its last answer then.
        defer { withExtendedLifetime(antwort) {} }
        let broken = Postfehler(.abgelehnt, "Der Brief ließ sich nicht vorbereiten.")
        guard Curlsendung.isReady, let curl = curl_easy_init() else { return broken }
        defer { curl_easy_cleanup(curl) }
        var empfaenger: UnsafeMutablePointer<curl_slist>?
        empfaenger = curl_slist_append(nil, "<\(brief.an)>")
        defer { curl_slist_free_all(empfaenger) }
        let rest = Rest(brief.nachricht(von: postausgang.absender))
        return withExtendedLifetime(rest) {
            guard let empfaenger, richteEin(curl), ls_curl_list(curl, CURLOPT_MAIL_RCPT, empfaenger) != 0,
                ls_curl_upload(curl, Curlsendung.weiter, Unmanaged.passUnretained(rest).toOpaque()) != 0,
                ls_curl_answers(curl, Curlsendung.merke, Unmanaged.passUnretained(antwort).toOpaque()) != 0
            else { return broken }
            let code = curl_easy_perform(curl)
            return code == CURLE_OK ? nil : fehler(code, status: ls_curl_status(curl), absage: antwort.absage)
        }
    }

    /// Gives libcurl the next piece of the message.
    private static let weiter: ls_curl_data = { target, size, count, source in
        guard let target, let source else { return 0 }
        let rest = Unmanaged<Rest>.fromOpaque(source).takeUnretainedValue()
        let piece = rest.bytes.prefix(size * count)
        rest.bytes = rest.bytes.dropFirst(piece.count)
        UnsafeMutableRawPointer(target).copyMemory(
            from: Array(piece), byteCount: piece.count)
        return piece.count
    }

    /// Keeps the last line with which the server refused something.
    private static let merke: ls_curl_data = { line, size, count, place in
        guard let line, let place else { return size * count }
        let bytes = UnsafeRawBufferPointer(start: line, count: size * count)
        if bytes.first == UInt8(ascii: "5") || bytes.first == UInt8(ascii: "4") {
            Unmanaged<Antwort>.fromOpaque(place).takeUnretainedValue().absage = String(
                decoding: bytes.prefix(200), as: UTF8.self)
        }
        return size * count
    }

    private func richteEin(_ curl: UnsafeMutableRawPointer) -> Bool {
        let scheme = postausgang.zugang.verschluesselung == .vonAnfang ? "smtps" : "smtp"
        // The name after the slash is how we greet the server: the host of the sender.
        let url =
            "\(scheme)://\(postausgang.zugang.rechner):\(postausgang.zugang.port)/\(postausgang.absender.adresse.rechner)"
        var texts: [(CURLoption, String)] = [
            (CURLOPT_URL, url), (CURLOPT_PROTOCOLS_STR, scheme), (CURLOPT_PROXY, ""), (CURLOPT_NOPROXY, "*"),
            (CURLOPT_MAIL_FROM, "<\(postausgang.absender.adresse)>"),
        ]
        if let benutzer = postausgang.zugang.benutzer, let passwort = postausgang.zugang.passwort {
            texts += [(CURLOPT_USERNAME, benutzer), (CURLOPT_PASSWORD, passwort)]
        }
        if let file = postausgang.zugang.zertifikate { texts.append((CURLOPT_CAINFO, file)) }
        var numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_CONNECTTIMEOUT_MS, postausgang.fristen.verbindung),
            (CURLOPT_TIMEOUT_MS, postausgang.fristen.brief), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, Int(ls_curl_tls_1_2())),
        ]
        if postausgang.zugang.verschluesselung != .keine { numbers.append((CURLOPT_USE_SSL, Int(ls_curl_use_tls()))) }
        return texts.allSatisfy { ls_curl_text(curl, $0.0, $0.1) != 0 }
            && numbers.allSatisfy { ls_curl_number(curl, $0.0, $0.1) != 0 }
            && ls_curl_sink(curl, { _, size, count, _ in size * count }) != 0
    }

    /// A sentence that names the server and its answer, and neither the recipient nor the letter.
    private func fehler(_ code: CURLcode, status: Int, absage: String?) -> Postfehler {
        let server = "Der Mailserver \(postausgang.zugang.rechner):\(postausgang.zugang.port)"
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT:
            return Postfehler(.nichtErreichbar, "\(server) ist nicht erreichbar.")
        case CURLE_OPERATION_TIMEDOUT:
            return Postfehler(.zeit, "\(server) antwortet nicht rechtzeitig.")
        case CURLE_USE_SSL_FAILED:
            return Postfehler(
                .zertifikat,
                "\(server) bietet keine Verschlüsselung an (STARTTLS). Unverschlüsselt wird nichts gesendet.",
                istDauerhaft: true)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE:
            return Postfehler(
                .zertifikat,
                "\(server) weist sich mit einem Zertifikat aus, dem nicht vertraut wird. Ein eigenes nennt LEITSTAND_SMTP_ZERTIFIKAT.",
                istDauerhaft: true)
        case CURLE_LOGIN_DENIED:
            return Postfehler(
                .anmeldung, "\(server) nimmt Benutzer und Passwort nicht an (\(status)).", istDauerhaft: true)
        default: break
        }
        guard (400...599).contains(status) else {
            return Postfehler(.nichtErreichbar, "\(server) hat die Verbindung abgebrochen.")
        }
        let isLasting = status >= 500
        let wann = isLasting ? "" : " Vielleicht geht es später."
        if [550, 551, 552, 553, 450, 451, 452].contains(status) {
            return Postfehler(
                .empfaenger, "\(server) nimmt für diese Adresse nichts an (\(status)).\(wann)", istDauerhaft: isLasting,
                adresseGiltNicht: isLasting && absage.map(Zustellstatus.nenntAdresse) == true)
        }
        return Postfehler(.abgelehnt, "\(server) hat den Brief abgelehnt (\(status)).\(wann)", istDauerhaft: isLasting)
    }
}
