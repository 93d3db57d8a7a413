import Dispatch
package import Kernel
package import Storage
import Synchronization
import Web

/// Checks passwords away from the threads that answer requests, a few at a time.
package final class Anmeldung: Sendable {
    private let queue = DispatchQueue(label: "leitstand.anmeldung", attributes: .concurrent)
    private let places = DispatchSemaphore(value: 2)
    private let aufwand: Kennwort.Aufwand
    /// Compared when nobody has the address, so that both answers take the same time.
    private let niemand: Kennwort

    package init(aufwand: Kennwort.Aufwand = .ueblich) throws {
        self.aufwand = aufwand
        niemand = try Kennwort.neu(Geheimnis.neu(bytes: 16), aufwand)
    }

    package func passt(_ klartext: String, _ kennwort: Kennwort?) async -> Bool {
        let stored = kennwort ?? niemand
        let right = await heavy { stored.passt(klartext) }
        return right && kennwort != nil
    }

    package func neuesKennwort(_ klartext: String) async throws -> Kennwort {
        let aufwand = aufwand
        return try await heavy { Result { try Kennwort.neu(klartext, aufwand) } }.get()
    }

    private func heavy<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            queue.async {
                self.places.wait()
                defer { self.places.signal() }
                continuation.resume(returning: work())
            }
        }
    }
}

/// The account that a first start makes.
package struct Erstkonto: Sendable {
    package let email: String
    package let klartext: String

    package static let email = "verwaltung@leitstand.localhost"

    /// Makes the account when there is none; nil when accounts exist already.
    package static func anlegen(
        _ anmeldung: Anmeldung, am: Instant, in database: any Database
    ) async throws -> Erstkonto? {
        guard try await database.read({ db in try !KontoStore.gibtKonten(in: db) }) else { return nil }
        let klartext = Kennwort.vorschlag()
        let kennwort = try await anmeldung.neuesKennwort(klartext)
        let made = try await database.write { db in
            try db.lock("erstkonto")
            guard try !KontoStore.gibtKonten(in: db) else { return false }
            _ = try KontoStore.insert(
                email: email, kennwort: kennwort, aemter: [.init(.administration)], durch: .betrieb(am), in: db)
            return true
        }
        return made ? Erstkonto(email: email, klartext: klartext) : nil
    }
}
