package import Storage

/// One authority goes on in another, and what hangs on the old one follows.
package struct Rechtsnachfolge: Sendable, Equatable {
    /// What follows, in the words of the room that keeps it.
    package struct Posten: Sendable, Equatable {
        package let einzahl: String
        package let mehrzahl: String
        package let anzahl: Int

        package init(_ einzahl: String, _ mehrzahl: String, _ anzahl: Int) {
            (self.einzahl, self.mehrzahl, self.anzahl) = (einzahl, mehrzahl, anzahl)
        }
    }

    /// Id and name of the Organisation that is no more.
    package let alt: String
    package let altName: String
    package let neu: String
    package let neuName: String
    /// The last day of the old one, where it is known.
    package let ende: Tag?
    /// Only counts.
    package let probe: Bool
    package let urheber: Urheber

    package init(
        von alt: (id: String, name: String), nach neu: (id: String, name: String), ende: Tag?, probe: Bool,
        durch urheber: Urheber
    ) {
        (self.alt, altName) = alt
        (self.neu, neuName) = neu
        (self.ende, self.probe, self.urheber) = (ende, probe, urheber)
    }
}

/// What a room hands over; `App` asks every room that keeps records of authorities, all in one transaction.
package protocol Nachfolgeteil: Sendable {
    /// Moves its records, or with `probe` counts them. What has moved is not there a second time.
    func uebertrage(_ nachfolge: Rechtsnachfolge, in db: any SQLConnection) throws -> [Rechtsnachfolge.Posten]
}
