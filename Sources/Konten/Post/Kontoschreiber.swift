import Jobs
package import Kernel
package import Post
package import Storage

/// How the letters about accounts are written: right before they are sent, from what is true then.
extension Kontopost {
    var schreiber: [Briefschreiber] {
        [
            mitLink(Kontobriefe.einladungen, .eingeladen) { [self] auftrag, text, db in
                Kontobriefe.einladung(
                    text, von: try auftrag.urheber.flatMap { try PersonStore.finde($0, in: db)?.anzeige },
                    bei: try organisationsname(auftrag, in: db))
            },
            mitLink(Kontobriefe.passwoerter, .aktiv) { _, text, _ in Kontobriefe.passwort(text) },
            mitLink(Kontobriefe.neueAdressen, .aktiv) { _, text, _ in Kontobriefe.neueAdresse(text) },
            Briefschreiber(
                Kontobriefe.alteAdressen,
                schreibe: { auftrag, id, db in
                    // Whoever confirms the new address first must not keep the old one from hearing of it.
                    let row = try db.rows(
                        "SELECT email, email_vorher, name FROM person WHERE id = \(auftrag.person) AND gesperrt_am IS NULL"
                    ).first
                    let (hash, name): (String?, String?) = (
                        try BriefStore.empfaenger(id, in: db), try row?["name"]
                    )
                    for email: String? in [try row?["email"], try row?["email_vorher"]] {
                        guard let adresse = BriefStore.empfangen(email, hash: hash) else { continue }
                        return .brief(an: adresse, name: name, Kontobriefe.alteAdresse())
                    }
                    return .fort
                },
                vermerke: { auftrag, id, ausgang, db in
                    if case .nichtAngenommen = ausgang { return }
                    // A letter to another address leaves the one that was not told yet.
                    let vorher: String? = try db.value("SELECT email_vorher FROM person WHERE id = \(auftrag.person)")
                    guard BriefStore.empfangen(vorher, hash: try BriefStore.empfaenger(id, in: db)) != nil else {
                        return
                    }
                    try db.execute("UPDATE person SET email_vorher = NULL WHERE id = \(auftrag.person)")
                }),
            hinweis(Kontobriefe.neueRollen) { [self] auftrag, adresse, db in
                Kontobriefe.neueRolle(bei: try organisationsname(auftrag, in: db), adresse: adresse)
            },
            Briefschreiber(
                Kontobriefe.loeschhinweise,
                schreibe: { [self] auftrag, _, db in
                    guard let konto = try PersonStore.finde(auftrag.empfaenger, in: db) else { return .fort }
                    let tag = now().plus(sekunden: Kontenfristen.vorwarnung * 86_400).tag
                    return try .an(konto, Kontobriefe.loeschhinweis(tag, adresse: verlangeAdresse()))
                },
                // Only who was told may lose the account, or who cannot be told because mail comes back.
                vermerke: { [now] auftrag, _, ausgang, db in
                    guard ausgang == .verschickt || ausgang == .entfallen(Briefversand.zurueckgekommen) else { return }
                    try Kontenfristen.vermerke(hinweis: now(), an: auftrag.empfaenger, in: db)
                }),
        ]
    }

    /// A letter with a link: minted here, beside those of earlier attempts, as long as what it is for is still wanted.
    private func mitLink(
        _ art: Briefart, _ zustand: Personeneintrag.Zustand,
        _ schreibe: @escaping @Sendable (Briefauftrag, String, any SQLConnection) throws -> Briefentwurf
    ) -> Briefschreiber {
        Briefschreiber(
            art,
            schreibe: { [self] auftrag, id, db in
                guard let konto = try PersonStore.finde(auftrag.empfaenger, in: db) else { return .fort }
                guard konto.zustand == zustand, let link = try EinmallinkStore.weiterer(id, am: now(), in: db) else {
                    return .entfaellt("Der Link wird nicht mehr gebraucht, oder er ist abgelaufen.")
                }
                let entwurf = try schreibe(auftrag, adresse(of: link.neu), db)
                return .brief(an: try Postadresse(link.wert ?? konto.email), name: konto.name, entwurf)
            },
            vermerke: { [now] _, id, ausgang, db in
                let fehler: String? =
                    switch ausgang {
                    case .verschickt: nil
                    case .nichtAngenommen(let satz), .entfallen(let satz): satz
                    }
                try EinmallinkStore.melde(brief: id, fehler: fehler, am: now(), in: db)
            })
    }

    private func hinweis(
        _ art: Briefart,
        _ schreibe: @escaping @Sendable (Briefauftrag, String, any SQLConnection) throws -> Briefentwurf
    ) -> Briefschreiber {
        Briefschreiber(art) { [self] auftrag, _, db in
            guard let konto = try PersonStore.finde(auftrag.empfaenger, in: db), konto.zustand == .aktiv else {
                return .fort
            }
            return try .an(konto, schreibe(auftrag, verlangeAdresse(), db))
        }
    }

    private func organisationsname(_ auftrag: Briefauftrag, in db: any SQLConnection) throws -> String? {
        try auftrag.organisation.flatMap { id in
            try db.value("SELECT name FROM organisation_sicht WHERE id = \(id)")
        }
    }
}

extension Briefschreiber.Ergebnis {
    static let fort = Briefschreiber.Ergebnis.entfaellt("Das Konto gibt es nicht mehr, oder es ist gesperrt.")

    static func an(_ konto: Personeneintrag, _ entwurf: Briefentwurf) throws -> Briefschreiber.Ergebnis {
        .brief(an: try Postadresse(konto.email), name: konto.name, entwurf)
    }
}

/// The mailboxes of the accounts, with those from which mail came back.
package struct Kontenadressbuch: Adressbuch {
    package init() {}

    package func istMarkiert(_ adresse: Postadresse, of person: Person.ID, in db: any SQLConnection) throws -> Bool {
        let one: Int? = try db.value(
            "SELECT 1 FROM person WHERE id = \(person) AND email = \(adresse.text) AND markiert_am IS NOT NULL")
        return one != nil
    }

    package func markiere(
        _ person: Person.ID, hash: String, grund: String, am: Instant, in db: any SQLConnection
    ) throws -> Bool {
        let email: String? = try db.value("SELECT email FROM person WHERE id = \(person)")
        guard BriefStore.empfangen(email, hash: hash) != nil else { return false }
        return try db.execute(
            """
            UPDATE person SET markiert_am = \(am), markierung = \(grund)
            WHERE id = \(person) AND markiert_am IS NULL
            """) == 1
    }
}
