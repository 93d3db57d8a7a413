/// Figures of one opened database; what a kind of database does not have stays 0.
package struct DatabaseCounters: Sendable, Equatable {
    /// Connections open, and those of them that nobody uses.
    package var open = 0
    package var idle = 0
    /// Units of work that wait for a connection now, and all time that any ever waited.
    package var waiting = 0
    package var waitedMilliseconds = 0
    /// Units of work since the opening.
    package var reads = 0
    package var writes = 0
    /// Transactions made durable; fewer than `writes` where several share one.
    package var commits = 0
    /// Units that ran again after a conflict or a lost connection.
    package var repeated = 0
    /// Connections made anew after one was lost.
    package var reconnects = 0

    package init() {}
}
