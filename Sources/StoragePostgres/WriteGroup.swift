import Storage

/// The units of work of one transaction.
struct WriteGroup {
    /// A transaction takes no more units after so many or after so long. The server keeps at most 64 parts of a
    /// transaction in mind without a detour.
    static let most = 32
    static let span = Duration.milliseconds(5)
    /// A unit behind others that takes longer is undone and runs alone, because they wait for it.
    static let patience = Duration.milliseconds(50)

    /// Units whose answer waits for the end of the transaction, with the error of those that failed: it may rest on
    /// what others before wrote.
    private(set) var members: [(write: any PendingWrite, error: (any Error)?)] = []
    /// Units to be answered when the connection has been given back.
    private(set) var endings: [(write: any PendingWrite, ending: WriteEnding)] = []
    /// Units that have to run once more, each in a transaction of its own. Nothing of them was saved.
    private(set) var again: [any PendingWrite] = []

    mutating func join(_ write: any PendingWrite, _ error: (any Error)? = nil) { members.append((write, error)) }

    mutating func end(_ write: any PendingWrite, _ ending: WriteEnding) { endings.append((write, ending)) }

    mutating func postpone(_ write: any PendingWrite) { again.append(write) }

    /// Nothing of the transaction was saved, by the fault of one that is not known.
    mutating func dissolve() {
        again += members.map(\.write)
        members = []
    }

    /// The transaction ended in the same way for all.
    mutating func end(_ ending: (_ error: (any Error)?) -> WriteEnding) {
        endings += members.map { ($0.write, ending($0.error)) }
        members = []
    }
}
