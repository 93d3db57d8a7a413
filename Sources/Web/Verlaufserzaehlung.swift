package import Kernel
package import Storage

/// The record whose Verlauf a page wants to tell.
package enum Verlaufsbezug: Sendable, Equatable {
    case eintrag(String, organisation: String)
    case dienst(String, anbieter: String)
    case organisation(String)
}

/// Tells on the page of a record what happened to it; read in the same snapshot as the record.
package protocol Verlaufserzaehlung: Sendable {
    /// - Returns: nil for somebody who may not read it, and where nothing happened yet.
    func abschnitt(zu bezug: Verlaufsbezug, person: Person?, in db: any SQLConnection) throws -> Abschnitt?
}
