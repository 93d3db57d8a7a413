package import Jobs
package import Kernel
import Logging
package import Storage
package import Web

/// Sends letters as jobs: written right before they leave, sent at least once, each time with the same Message-ID.
package struct Briefversand: Sendable {
    let database: any Database
    /// Nil where the operator configured no mail server.
    let ausgang: (any Postausgang)?
    let adressbuch: any Adressbuch
    let views: Views
    let now: @Sendable () -> Instant

    package init(
        database: any Database, ausgang: (any Postausgang)?, adressbuch: any Adressbuch, views: Views,
        now: @escaping @Sendable () -> Instant
    ) {
        (self.database, self.ausgang, self.adressbuch) = (database, ausgang, adressbuch)
        (self.views, self.now) = (views, now)
    }

    package var hatAusgang: Bool { ausgang != nil }

    static let keinAusgang = "Diese Installation verschickt keine E-Mails."
    package static let zurueckgekommen =
        "E-Mails an diese Adresse kommen zurück. Es geht nur hinaus, was die Person anfordert."

    /// What a job of this kind of letter does.
    package func arbeit(_ schreiber: Briefschreiber) -> Jobarbeit {
        .aussen(schreiber.art.jobart) { job, _ in try await verschicke(job, schreiber) }
    }

    private func verschicke(_ job: Job, _ schreiber: Briefschreiber) async throws -> Jobarbeit.Abschluss {
        let auftrag: Briefauftrag = try job.lies()
        do {
            guard let ausgang else { throw Postfehler(.nichtErreichbar, Briefversand.keinAusgang) }
            switch try await schreibe(job, auftrag, schreiber) {
            case .entfaellt(let grund):
                return .init(grund) { [now] db in
                    try BriefStore.vermerke(job.id, .entfallen(grund), am: now(), in: db)
                    try schreiber.vermerke(auftrag, job.id, .entfallen(grund), db)
                }
            case .brief(let an, let name, let entwurf):
                // The moment it was asked for, so that a second attempt sends the same letter.
                let brief = try entwurf.inhalt.brief(
                    an: an, name: name, betreff: entwurf.betreff, kennung: BriefStore.kennung(job.id),
                    am: job.angelegtAm, faden: entwurf.faden, abmelden: entwurf.abmelden, views)
                try await ausgang.sende(brief)
                return .init("Verschickt.") { [now] db in
                    try BriefStore.vermerke(job.id, .verschickt, am: now(), in: db)
                    try schreiber.vermerke(auftrag, job.id, .verschickt, db)
                }
            }
        } catch let fehler as Postfehler {
            throw try await scheitert(fehler, job, auftrag, schreiber)
        } catch let refusal as Refusal {
            let fehler = Postfehler(.abgelehnt, refusal.message, istDauerhaft: true)
            throw try await scheitert(fehler, job, auftrag, schreiber)
        }
    }

    private func schreibe(
        _ job: Job, _ auftrag: Briefauftrag, _ schreiber: Briefschreiber
    ) async throws -> Briefschreiber.Ergebnis {
        try await database.write { db in
            let ergebnis = try schreiber.schreibe(auftrag, job.id, db)
            guard case .brief(let an, _, _) = ergebnis else { return ergebnis }
            if try !schreiber.art.istErbeten && auftrag.erbeten != true
                && adressbuch.istMarkiert(an, of: auftrag.empfaenger, in: db)
            {
                return .entfaellt(Briefversand.zurueckgekommen)
            }
            try BriefStore.beginne(job.id, an: an, in: db)
            return ergebnis
        }
    }

    /// What the queue is told. A wrong password or certificate of the mail server is no fault of the letter: somebody
    /// may put it right while the letter is tried again.
    private func scheitert(
        _ fehler: Postfehler, _ job: Job, _ auftrag: Briefauftrag, _ schreiber: Briefschreiber
    ) async throws -> Jobfehler {
        let isFinal = fehler.istDauerhaft && fehler.art != .anmeldung && fehler.art != .zertifikat
        let isOver = isFinal || job.versuche >= job.hoechstens
        // Neither the address nor what the server said about it.
        Logger(label: "leitstand.post").warning(
            "brief nicht zugestellt",
            metadata: [
                "job": "\(job.id.rawValue)", "art": "\(schreiber.art.name)", "fehler": "\(fehler.art.rawValue)",
                "person": "\(auftrag.person)",
            ])
        try await database.write { [now] db in
            let am = now()
            try BriefStore.vermerke(job.id, .nichtAngenommen(fehler.satz), istZuEnde: isOver, am: am, in: db)
            try schreiber.vermerke(auftrag, job.id, .nichtAngenommen(fehler.satz), db)
            if fehler.adresseGiltNicht, let hash = try BriefStore.empfaenger(job.id, in: db) {
                _ = try adressbuch.markiere(auftrag.empfaenger, hash: hash, grund: fehler.satz, am: am, in: db)
            }
        }
        return Jobfehler(fehler.satz, istEndgueltig: isFinal)
    }
}
