package import Jobs

/// A kind of letter: what its queue, its log and its preview need to know. Who writes it is a `Briefschreiber`.
package struct Briefart: Sendable {
    /// Machine name; it is stored.
    package let name: String
    /// What people read.
    package let titel: String
    /// The one who gets it asked for it just now, so it also goes to an address that was marked.
    package let istErbeten: Bool
    package let rang: Jobart.Rang
    /// The letter with example values; no kind is without one, so that each has a preview.
    package let muster: @Sendable () -> Briefentwurf

    package init(
        _ name: String, _ titel: String, rang: Jobart.Rang = .gewoehnlich, istErbeten: Bool = false,
        muster: @escaping @Sendable () -> Briefentwurf
    ) {
        (self.name, self.titel, self.rang, self.istErbeten) = (name, titel, rang, istErbeten)
        self.muster = muster
    }

    /// What kinds of jobs that send letters begin with.
    package static let vorsilbe = "post."

    package var jobart: Jobart { Jobart(Briefart.vorsilbe + name, "E-Mail: \(titel)", .aussen, rang: rang) }
}

/// A letter as it is written, without the one who gets it.
package struct Briefentwurf: Sendable, Equatable {
    package let betreff: String
    package let inhalt: Briefinhalt
    /// What it is about, where more letters about the same may follow.
    package let faden: String?
    package let abmelden: String?

    package init(_ betreff: String, _ inhalt: Briefinhalt, faden: String? = nil, abmelden: String? = nil) {
        (self.betreff, self.inhalt, self.faden, self.abmelden) = (betreff, inhalt, faden, abmelden)
    }
}
