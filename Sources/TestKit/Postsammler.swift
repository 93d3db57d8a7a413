package import Post
import Synchronization

/// Keeps letters instead of sending them; the way through SMTP has tests of its own.
package final class Postsammler: Postausgang {
    private let stand = Mutex<(briefe: [Brief], fehler: Postfehler?)>(([], nil))

    package init(fehler: Postfehler? = nil) { stand.withLock { $0.fehler = fehler } }

    package var briefe: [Brief] { stand.withLock { $0.briefe } }

    package func sende(_ brief: Brief) async throws(Postfehler) {
        let fault = stand.withLock { stand -> Postfehler? in
            if stand.fehler == nil { stand.briefe.append(brief) }
            return stand.fehler
        }
        if let fault { throw fault }
    }
}
