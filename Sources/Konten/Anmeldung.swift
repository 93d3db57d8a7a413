import Foundation
import Kernel
import Storage
import Web

/// Checks passwords away from the threads that answer requests, a few at a time.
package final class Anmeldung: Sendable {
    /// One derivation at a time on each; half of the processors stay free for readers.
    private let plaetze: Rechenplaetze
    private let aufwand: Kennwort.Aufwand
    /// What a new password must be like.
    package let regel: Kennwortregel
    /// Compared when nobody has the address, so that both answers take the same time.
    private let niemand: Kennwort

    package init(aufwand: Kennwort.Aufwand = .ueblich, regel: Kennwortregel = Kennwortregel()) throws {
        self.aufwand = aufwand
        self.regel = regel
        plaetze = Rechenplaetze(max(1, min(4, ProcessInfo.processInfo.activeProcessorCount / 2)))
        niemand = try Kennwort.neu(Geheimnis.neu(bytes: 16), aufwand)
    }

    /// Whether this is the password of an account; costs the same where there is no account or no password yet.
    package func passt(_ klartext: String, _ kennwort: Kennwort?) async -> Bool {
        let own = kennwort.flatMap { $0.aufwand == nil ? nil : $0 }
        let stored = own ?? niemand
        let right = await schwer { stored.passt(klartext) }
        return right && own != nil
    }

    package func neuesKennwort(_ klartext: String) async throws -> Kennwort {
        let aufwand = aufwand
        return try await schwer { Result { try Kennwort.neu(klartext, aufwand) } }.get()
    }

    /// Whether a stored password is cheaper to guess at than new ones are.
    func istVeraltet(_ kennwort: Kennwort) -> Bool { (kennwort.aufwand?.arbeit ?? .max) < aufwand.arbeit }

    func schwer<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T { await plaetze.rechne(work) }
}
