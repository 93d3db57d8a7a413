import Foundation
package import NIOCore

/// What one client may take of the server's time and memory.
package struct Netzgrenzen: Sendable {
    /// Connections open at once; beyond it idle ones are closed, and without such new ones are refused.
    package var verbindungen = 20_000
    /// A connection without a request is closed after so long.
    package var leerlauf = TimeAmount.seconds(60)
    /// From the first byte of a request to the end of its head.
    package var kopf = TimeAmount.seconds(15)
    /// A body may take so long, and a second more for each of `koerperrate` bytes that came.
    package var koerper = TimeAmount.seconds(20)
    package var koerperrate = 4_096
    /// So much of that time may be saved up: who sent a lot and then drips, or stops, is cut off after it.
    package var koerpervorrat = TimeAmount.seconds(60)
    /// What is still coming of a body when its answer is out; browsers read the answer after it.
    package var koerpernachlese = TimeAmount.seconds(300)
    /// An answer of which nobody takes anything for so long is broken off.
    package var abnahme = TimeAmount.seconds(30)
    /// What is under way when the server stops is broken off after so long; less than the process has to end.
    package var nachlauf = TimeAmount.seconds(8)
    /// How often all of this is looked at.
    package var takt = TimeAmount.seconds(1)
    /// Memory that unfinished large heads may take together, on each event loop.
    package var koepfe = 32 * 1024 * 1024

    /// Larger than any address a route accepts, so that a refusal can still be explained on a page.
    static let kopfgroesse = 2 * 1024 * 1024
    /// Bytes of an answer that the kernel holds back for a slow reader; the rest waits in the program, which waits too.
    static let sendepuffer = 128 * 1024
    /// Files that are no connections of readers: database, stored files, logs.
    static let eigeneDateien = 256

    package init() {}

    /// As many connections as the operator wants, and no more than the system lets the process open.
    package init(verbindungen: Int) {
        self.verbindungen = max(16, min(verbindungen, Self.hebeDateigrenze() - Self.eigeneDateien))
    }

    /// Raises the limit of open files to what the process may have at most, and returns it.
    private static func hebeDateigrenze() -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 1_024 }
        if limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            // Without it the lower limit stays, and is what we report.
            if setrlimit(resource, &limit) != 0 { _ = getrlimit(resource, &limit) }
        }
        return Int(clamping: limit.rlim_cur)
    }
}
