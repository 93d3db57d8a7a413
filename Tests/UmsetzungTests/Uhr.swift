import Kernel
import Synchronization
import TestKit

/// A clock that a test moves.
final class Uhr: Sendable {
    private let stand = Mutex(Welt.jetzt)

    var jetzt: Instant { stand.withLock { $0 } }

    func vor(_ sekunden: Int) { stand.withLock { $0 = $0.plus(sekunden: sekunden) } }
}
