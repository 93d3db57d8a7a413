package import Kernel
package import Storage

/// Takes in what came back: marks addresses that do not exist any more, and notes the rest in the log.
package enum Ruecklauf {
    /// What a mailbox of reports came to.
    package struct Ergebnis: Sendable, Equatable {
        package var mails = 0
        /// Addresses that get no more mail.
        package var markiert = 0
        /// Noted in the log alone: letters that are late, refused for another reason, or to a former address.
        package var vermerkt = 0
        /// Mails that are no report, and reports that fit no letter of ours.
        package var andere = 0

        package var zeilen: [String] {
            [
                "\(Zahl.mit(mails, "Mail", "Mails")) gelesen.",
                "\(Zahl.mit(markiert, "Adresse", "Adressen")) markiert: dorthin geht nur noch, was die Person anfordert.",
                "\(Zahl.deutsch(vermerkt)) nur vermerkt (verspätet, aus anderem Grund abgelehnt, frühere Adresse).",
                "\(Zahl.deutsch(andere)) übergangen (kein Zustellbericht zu einem Brief von hier).",
            ]
        }
    }

    /// A report counts only where its Message-ID is that of a letter and its recipient the one to whom it went: whoever
    /// makes one up would have to know both.
    package static func nimm(
        _ bytes: [UInt8], adressbuch: any Adressbuch, am: Instant, in database: any Database
    ) async throws -> Ergebnis {
        let (reports, mails, others) = Ruecklaeufer.lies(bytes)
        return try await database.write { db in
            var ergebnis = Ergebnis(mails: mails, andere: others)
            for report in reports {
                guard let brief = try BriefStore.verschickter(report.brief, in: db),
                    brief.hash == BriefStore.hash(report.empfaenger)
                else {
                    ergebnis.andere += 1
                    continue
                }
                let grund =
                    report.status.istDauerhaft
                    ? "Zurückgekommen mit dem Status \(report.status)."
                    : "Der Mailserver meldet eine Verzögerung (Status \(report.status))."
                try BriefStore.vermerke(
                    ruecklauf: report.status.description, grund: grund, report.brief, in: db)
                let marked =
                    report.status.nenntAdresse
                    ? try adressbuch.markiere(brief.person, hash: brief.hash, grund: grund, am: am, in: db) : false
                if marked { ergebnis.markiert += 1 } else { ergebnis.vermerkt += 1 }
            }
            return ergebnis
        }
    }
}
