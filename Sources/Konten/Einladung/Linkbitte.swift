package import Jobs
import Kernel
import Post
import Storage

extension Jobart {
    /// Somebody asked for a way back into an account; leaves no trace.
    package static let linkbitte = Jobart(
        "konten.linkbitte", "Link für ein vergessenes Passwort", .datenbank, rang: .eilig, spurlos: true)
}

/// Asks for a link for a forgotten password.
///
/// Whether there is an account or not, the one who asks causes the same statements: an account is looked for and a job
/// is put into the queue, with the id of the account or one that nobody has. All else happens in the job.
enum Linkbitte {
    private struct Angaben: Codable { let person: String }

    static func stelle(_ email: Postadresse, am: Instant, in db: any SQLConnection) throws {
        let known: String? = try db.value("SELECT id FROM person WHERE email = \(email.text)")
        let id = known ?? Kennung.neu(am)
        try JobStore.stelle(
            .linkbitte, Angaben(person: id), schluessel: Geheimnis.hash(email.text), am: am, in: db)
    }

    /// At most three letters an hour for an account; one that was sent stays good.
    static func erfuelle(_ job: Job, _ post: Kontopost, am: Instant, in db: any SQLConnection) throws {
        let person = Person.ID(rawValue: try job.lies(Angaben.self).person)
        guard let konto = try PersonStore.finde(person, in: db), konto.zustand != .gesperrt,
            try Linkbremse.zaehle("vergessen", konto.email, hoechstens: 3, am: am, in: db)
        else { return }
        let zweck: Einmallink.Zweck = konto.zustand == .eingeladen ? .einladung : .passwort
        // Whoever signs in through the provider alone must not keep a way in that it knows nothing of.
        guard try zweck == .einladung || KontoStore.hatKennwort(konto.id, in: db) else { return }
        let link = try EinmallinkStore.neu(zweck, fuer: konto.id, am: am, in: db)
        try post.schreibe(
            zweck == .einladung ? Kontobriefe.einladungen : Kontobriefe.passwoerter, an: konto.id, link: link,
            erbeten: true, am: am, in: db)
    }
}

extension Kontopost {
    /// What the letters about accounts need done in the background; a process without a mail server leaves it to others.
    package var arbeiten: [Jobarbeit] {
        guard istAn else { return [] }
        return schreiber.map(versand.arbeit) + [
            .datenbank(.linkbitte) { [self] job, db in try Linkbitte.erfuelle(job, self, am: now(), in: db) }
        ]
    }
}
