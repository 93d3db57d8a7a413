package import Kernel
import Post
package import Storage

/// An account as those see it who look after it.
package struct Personeneintrag: Sendable, Equatable {
    package enum Zustand: String, CaseIterable, Sendable {
        case eingeladen, aktiv, gesperrt

        package var name: String { rawValue }
    }

    package let id: Person.ID
    package let email: String
    package let name: String?
    package let zustand: Zustand
    package var aemter: [Amtsangabe] = []
    /// What became of the letter with the last invitation; nil where it arrived or none was sent.
    package let versandfehler: String?
    /// When the letter with the last invitation left.
    package let versandtAm: Instant?
    /// That letter waits to be sent.
    package let istUnterwegs: Bool
    /// Why nothing is sent to the address any more; nil for an address that works, as far as anybody knows.
    package let markierung: String?

    /// The name, or the address of somebody who has not told it.
    package var anzeige: String { name ?? email }
}

extension Personeneintrag: RowDecodable {
    static let columns: SQL = """
        person.id, person.email, person.name, person.gesperrt_am, person.eingeladen_am, person.markierung,
        (SELECT max(einmallink.versandfehler) FROM einmallink
         WHERE einmallink.person = person.id AND einmallink.zweck = 'einladung' AND einmallink.benutzt_am IS NULL)
        AS versandfehler,
        (SELECT max(einmallink.versandt_am) FROM einmallink
         WHERE einmallink.person = person.id AND einmallink.zweck = 'einladung' AND einmallink.benutzt_am IS NULL)
        AS versandt_am,
        EXISTS (SELECT 1 FROM einmallink
         WHERE einmallink.person = person.id AND einmallink.zweck = 'einladung' AND einmallink.benutzt_am IS NULL
               AND einmallink.brief IS NOT NULL AND einmallink.versandt_am IS NULL AND einmallink.versandfehler IS NULL)
        AS unterwegs
        """

    package init(row: Row) throws {
        id = try row["id"]
        email = try row["email"]
        name = try row["name"]
        let (gesperrt, eingeladen): (Instant?, Instant?) = (try row["gesperrt_am"], try row["eingeladen_am"])
        zustand = gesperrt != nil ? .gesperrt : eingeladen != nil ? .eingeladen : .aktiv
        versandfehler = try row["versandfehler"]
        versandtAm = try row["versandt_am"]
        istUnterwegs = try row["unterwegs"]
        markierung = try row["markierung"]
    }
}

/// A role as it is held, with where it came from.
package struct Amtsangabe: Sendable, Equatable {
    package let person: Person.ID
    package let rolle: Rolle
    /// Nil for the whole installation.
    package let organisation: String?
    package let organisationsname: String?
    package let vertretung: Bool
    package let stelle: String?
    package let vergebenAm: Instant?
    /// Who gave it, as that person is called today; nil for the operator and for somebody erased.
    package let vergebenVon: String?

    package var wo: String { organisation.map { organisationsname ?? $0 } ?? "ganze Installation" }
    package var recht: Recht { .rolleVergeben(rolle, organisation: organisation) }
}

extension Amtsangabe: RowDecodable {
    package init(row: Row) throws {
        person = try row["person"]
        rolle = try row["rolle"]
        let organisation: String = try row["organisation"]
        self.organisation = organisation.isEmpty ? nil : organisation
        organisationsname = try row["organisationsname"]
        vertretung = try row["vertretung"]
        stelle = try row["stelle"]
        vergebenAm = try row["vergeben_am"]
        vergebenVon = try row["vergeben_von"]
    }
}

/// What people are called, as they type it.
package enum Personenname {
    /// A sentence that says what is wrong; nil for a name that can be kept.
    package static func fehler(_ name: String) -> String? {
        if name.utf8.count > 200 { return "Kürzen Sie den Namen auf 200 Zeichen." }
        return Brief.taugt(name) ? nil : "Der Name enthält Zeichen, die nicht zu sehen sind. Schreiben Sie ihn neu."
    }
}
