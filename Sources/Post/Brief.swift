package import Kernel

/// A letter to one person, as text and as HTML.
///
/// One that exists can be sent: values that could begin a header line of their own are refused when it is made.
package struct Brief: Sendable, Equatable {
    package let an: Postadresse
    package let name: String?
    package let betreff: String
    package let text: String
    package let html: String
    /// The left part of its Message-ID: the same letter keeps it, however often it is tried.
    package let kennung: String
    package let am: Instant
    /// What it is about: letters with the same one stand together in a mail program.
    package let faden: String?
    /// The page on which the reader says that no more such letters shall come.
    package let abmelden: String?

    /// Whether a text may stand in a head line: no control characters, no line ends of any kind.
    package static func taugt(_ text: String) -> Bool { !Kopfzeile.hatSteuerzeichen(text) }

    /// - Throws: `Refusal` for a name, a subject or an id with control characters, and for texts with NUL.
    package init(
        an: Postadresse, name: String? = nil, betreff: String, text: String, html: String, kennung: String, am: Instant,
        faden: String? = nil, abmelden: String? = nil
    ) throws(Refusal) {
        for (what, value) in [("Name", name ?? ""), ("Betreff", betreff)] where Kopfzeile.hatSteuerzeichen(value) {
            throw Refusal(
                .unprocessable, "\(what) eines Briefs darf keine Zeilenumbrüche und Steuerzeichen enthalten.")
        }
        guard !betreff.isEmpty, betreff.utf8.count <= 500, (name ?? "").utf8.count <= 500,
            Brief.istKennung(kennung), faden.map(Brief.istKennung) ?? true, abmelden.map(Brief.istAdresse) ?? true,
            !text.utf8.contains(0), !html.utf8.contains(0)
        else { throw Refusal(.unprocessable, "Dieser Brief lässt sich so nicht verschicken.") }
        (self.an, self.name, self.betreff, self.text, self.html) = (an, name, betreff, text, html)
        (self.kennung, self.am, self.faden, self.abmelden) = (kennung, am, faden, abmelden)
    }

    private static func istKennung(_ text: String) -> Bool {
        (8...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == 45 }
    }

    private static func istAdresse(_ text: String) -> Bool {
        text.utf8.count <= 500 && text.utf8.allSatisfy { (33...126).contains($0) && $0 != 60 && $0 != 62 && $0 != 44 }
    }

    /// The whole message as it goes through SMTP.
    package func nachricht(von absender: Absender) -> String {
        // No line of quoted-printable can hold "=_", so no text can end a part.
        let marke = "=_leitstand_\(kennung)"
        func part(_ type: String, _ content: String) -> [String] {
            [
                "--\(marke)", "Content-Type: \(type); charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
                QuotedPrintable.encode(content),
            ]
        }
        let rechner = absender.adresse.rechner
        // Nobody sent the letter at the root; mail programs gather those that name the same one.
        let anfang = faden.map { "<\($0)@\(rechner)>" }
        let extra = [
            anfang.map { "In-Reply-To: \($0)" }, anfang.map { "References: \($0)" },
            abmelden.map { "List-Unsubscribe: <\($0)>" },
        ].compactMap(\.self)
        let head = [
            Kopfzeile.adresse("From", absender.name, absender.adresse), Kopfzeile.adresse("To", name, an),
            Kopfzeile.text("Subject", betreff), Kopfzeile.datum(am),
            "Message-ID: <\(kennung)@\(rechner)>", "Auto-Submitted: auto-generated",
        ]
        let rest = ["MIME-Version: 1.0", "Content-Type: multipart/alternative; boundary=\"\(marke)\"", ""]
        return (head + extra + rest + part("text/plain", text) + part("text/html", html) + ["--\(marke)--", ""]).joined(
            separator: "\r\n")
    }
}
