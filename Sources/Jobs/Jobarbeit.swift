import Foundation
package import Kernel
package import Storage

/// How a kind of job is done; the rooms say it, `App` collects it.
package struct Jobarbeit: Sendable {
    /// What completes a job outside the database: written in the same transaction as its end.
    package struct Abschluss: Sendable {
        package let meldung: String?
        package let schreibe: @Sendable (any SQLConnection) throws -> Void

        package init(
            _ meldung: String? = nil, schreibe: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }
        ) {
            (self.meldung, self.schreibe) = (meldung, schreibe)
        }
    }

    enum Weise: Sendable {
        case datenbank(@Sendable (Job, any SQLConnection) throws -> Void)
        case aussen(@Sendable (Job, Joblauf) async throws -> Abschluss)
    }

    package let art: Jobart
    let weise: Weise
    /// When it comes up by itself; nil where somebody asks for it.
    package let plan: Jobplan?

    /// Work in the database: it runs in the transaction that completes the job, maybe together with others, and maybe
    /// more than once, as every body of a transaction. Throw `Jobfehler` where it cannot be done.
    package static func datenbank(
        _ art: Jobart, plan: Jobplan? = nil, _ work: @escaping @Sendable (Job, any SQLConnection) throws -> Void
    ) -> Jobarbeit {
        precondition(art.wirkung == .datenbank, "\(art.name) has effects outside the database")
        return Jobarbeit(art: art, weise: .datenbank(work), plan: plan)
    }

    /// Work that reaches outside or takes long: it may be cancelled (`Task.isCancelled`) and may be done again when a
    /// worker dies. What it returns is written together with its completion.
    package static func aussen(
        _ art: Jobart, plan: Jobplan? = nil, _ work: @escaping @Sendable (Job, Joblauf) async throws -> Abschluss
    ) -> Jobarbeit {
        precondition(art.wirkung == .aussen, "\(art.name) has effects in the database alone")
        return Jobarbeit(art: art, weise: .aussen(work), plan: plan)
    }
}

extension Job {
    /// What to do, in the form in which it was asked for.
    ///
    /// - Throws: `Jobfehler` for data that another release wrote differently.
    package func lies<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        do { return try JSONDecoder().decode(type, from: Data(daten.utf8)) } catch {
            throw Jobfehler("Die Angaben dieses Jobs sind nicht lesbar.", istEndgueltig: true)
        }
    }
}

/// Nothing to say.
package struct KeineAngaben: Codable, Sendable { package init() {} }
