package import Jobs

/// What a mail server reports about one letter that did not arrive, or not yet (RFC 3464).
package struct Ruecklaeufer: Sendable, Equatable {
    /// The letter, by its Message-ID.
    package let brief: Job.ID
    package let empfaenger: Postadresse
    package let status: Zustellstatus

    /// How much of one mail is read: a report comes before what it encloses.
    static let groesse = 1 << 20
    /// How many lines of one mail.
    static let zeilen = 20_000
    /// How many mails of one file.
    static let hoechstens = 10_000

    /// The reports in a mail or in a mailbox (mbox).
    ///
    /// - Returns: also how many mails there were, and how many of them say nothing about a letter of ours.
    package static func lies(_ bytes: [UInt8]) -> (ruecklaeufer: [Ruecklaeufer], mails: Int, andere: Int) {
        var (found, mails, others): ([Ruecklaeufer], Int, Int) = ([], 0, 0)
        jedeMail(bytes) { mail in
            let reports = berichte(Nachrichtenteil(mail[...]))
            mails += 1
            if reports.isEmpty { others += 1 }
            found += reports
        }
        return (found, mails, others)
    }

    /// Hands on the lines of one mail after the other, without their ends: a mailbox holds more lines than fit twice.
    private static func jedeMail(_ bytes: [UInt8], _ work: ([ArraySlice<UInt8>]) -> Void) {
        var current: [ArraySlice<UInt8>] = []
        var (size, mails, rest) = (0, 0, bytes[...])
        var wasEmpty = true
        let from = Array("From ".utf8)
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 10) ?? rest.endIndex
            let raw = rest[..<end]
            rest = rest[min(end + 1, rest.endIndex)...]
            let line = raw.last == 13 ? raw.dropLast() : raw
            if wasEmpty, line.starts(with: from) {
                if !current.isEmpty {
                    work(current)
                    mails += 1
                }
                guard mails < hoechstens else { return }
                current.removeAll(keepingCapacity: true)
                size = 0
            } else if size < groesse, current.count < zeilen {
                // What precedes a head is no part of it.
                if !current.isEmpty || !line.isEmpty { current.append(line.prefix(groesse - size)) }
                size += raw.count + 1
            }
            wasEmpty = line.isEmpty
        }
        if !current.isEmpty { work(current) }
    }

    private static func berichte(_ mail: Nachrichtenteil) -> [Ruecklaeufer] {
        let teile = mail.teile
        guard let report = teile.first(where: { $0.art == "message/delivery-status" }) else { return [] }
        let bloecke = report.bloecke
        guard let brief = brief(mail, teile, bloecke) else { return [] }
        return bloecke.compactMap { block in
            guard let status = block["status"].flatMap({ Zustellstatus($0) }),
                let wer = adresse(block["original-recipient"]) ?? adresse(block["final-recipient"])
            else { return nil }
            // What a server says it did must agree with its status.
            let action = (block["action"] ?? "failed").lowercased()
            guard status.klasse != 2, status.istDauerhaft == (action == "failed") else { return nil }
            return Ruecklaeufer(brief: brief, empfaenger: wer, status: status)
        }
    }

    /// The letter that the report is about: by the mail or the head that it encloses, else by what it answers.
    private static func brief(
        _ mail: Nachrichtenteil, _ teile: [Nachrichtenteil], _ bloecke: [Nachrichtenteil]
    ) -> Job.ID? {
        let enclosed = teile.filter { ["message/rfc822", "text/rfc822-headers", "message/global"].contains($0.art) }
            .map { Nachrichtenteil($0.rumpf[...])["message-id"] }
        let named = bloecke.flatMap { [$0["original-message-id"], $0["x-original-message-id"]] }
        for text in enclosed + named + [mail["in-reply-to"], mail["references"]] {
            if let text, let id = kennung(text) { return id }
        }
        return nil
    }

    /// `<brief-01m…@stadt.de>`
    private static func kennung(_ text: String) -> Job.ID? {
        guard let match = text.prefix(2_000).firstMatch(of: #/<brief-([0-9a-z]{16})@[^<>\s]{1,255}>/#) else {
            return nil
        }
        return Job.ID(rawValue: String(match.1))
    }

    /// `rfc822; kollegin@stadt.de`
    private static func adresse(_ text: String?) -> Postadresse? {
        guard let text, let semicolon = text.firstIndex(of: ";") else { return nil }
        let word = text[text.index(after: semicolon)...].trimmed.drop { $0 == "<" }.prefix { $0 != ">" }
        // What is no address names none of our recipients.
        return try? Postadresse(String(word))
    }
}
