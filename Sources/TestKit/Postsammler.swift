package import Post
import Synchronization

/// Keeps letters instead of sending them; the way through SMTP has tests of its own.
package final class Postsammler: Postausgang {
    private let stand = Mutex<(briefe: [Brief], fehler: Postfehler?)>(([], nil))
    /// The one mailbox that takes nothing; nil for all.
    private let nur: String?
    /// The letter is taken before the fault: what a worker leaves that dies between the two.
    private let erstNachher: Bool

    package init(fehler: Postfehler? = nil, nur: String? = nil, erstNachher: Bool = false) {
        (self.nur, self.erstNachher) = (nur, erstNachher)
        stand.withLock { $0.fehler = fehler }
    }

    package var briefe: [Brief] { stand.withLock { $0.briefe } }

    /// From now on; nil for none.
    package func scheitere(mit fehler: Postfehler?) { stand.withLock { $0.fehler = fehler } }

    package func sende(_ brief: Brief) async throws(Postfehler) {
        let fault = stand.withLock { stand -> Postfehler? in
            let fault = nur == nil || nur == brief.an.text ? stand.fehler : nil
            if fault == nil || erstNachher { stand.briefe.append(brief) }
            return fault
        }
        if let fault { throw fault }
    }
}
