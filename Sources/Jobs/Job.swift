package import Kernel
package import Storage

/// One piece of work that somebody asked for and that is done when no person waits for it.
package struct Job: Sendable, Equatable {
    package struct ID: RawRepresentable, Hashable, SQLConvertible, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    package enum Zustand: String, CaseIterable, SQLConvertible {
        case wartet, laeuft, gescheitert, fertig, abgebrochen

        package var name: String {
            switch self {
            case .wartet: "wartet"
            case .laeuft: "läuft"
            case .gescheitert: "gescheitert"
            case .fertig: "fertig"
            case .abgebrochen: "abgebrochen"
            }
        }

        /// Nothing happens to it any more by itself.
        package var istZuEnde: Bool { self != .wartet && self != .laeuft }
    }

    package let id: ID
    /// The name of its `Jobart`, which this program may not know.
    package let art: String
    /// What to do, as a JSON object.
    package let daten: String
    package let schluessel: String?
    package let zustand: Zustand
    /// Waiting: not before. Running: then others may take it.
    package let faellig: Instant
    /// How often it was begun, and how often it may be.
    package let versuche: Int
    package let hoechstens: Int
    /// On whose behalf.
    package let person: Person.ID?
    package let angelegtAm: Instant
    package let begonnenAm: Instant?
    package let beendetAm: Instant?
    package let getan: Int
    /// Nil where nobody knows how much there is to do.
    package let gesamt: Int?
    /// How far it is, how it went, or why it failed, in a sentence.
    package let meldung: String?
    /// Somebody wants it to stop.
    package let abbruch: Bool
    /// The claim under which it runs; changes hands when a lease is over.
    let anspruch: String?
}

extension Job: RowDecodable {
    package static let columns: SQL = """
        job.id, job.art, job.daten, job.schluessel, job.zustand, job.faellig, job.versuche, job.hoechstens, job.person,
        job.angelegt_am, job.begonnen_am, job.beendet_am, job.getan, job.gesamt, job.meldung, job.abbruch, job.anspruch
        """

    package init(row: Row) throws {
        id = try row["id"]
        art = try row["art"]
        daten = try row["daten"]
        schluessel = try row["schluessel"]
        zustand = try row["zustand"]
        faellig = try row["faellig"]
        versuche = try row["versuche"]
        hoechstens = try row["hoechstens"]
        person = try row["person"]
        angelegtAm = try row["angelegt_am"]
        begonnenAm = try row["begonnen_am"]
        beendetAm = try row["beendet_am"]
        getan = try row["getan"]
        gesamt = try row["gesamt"]
        meldung = try row["meldung"]
        abbruch = try row["abbruch"]
        anspruch = try row["anspruch"]
    }
}
