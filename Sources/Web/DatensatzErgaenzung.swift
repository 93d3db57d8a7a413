package import Kernel
package import Storage

/// What another room shows on the page of an Umsetzungseintrag or an Onlinedienst; read in the same snapshot as the record.
package protocol DatensatzErgaenzung: Sendable {
    /// - Returns: nil where there is nothing to show to this person.
    func abschnitt(zu bezug: Verlaufsbezug, person: Person?, in db: any SQLConnection) throws -> Abschnitt?
}
