import CPostgres
import Storage

/// What became of a transaction whose connection was lost while it committed.
enum CommitOutcome {
    case committed, notCommitted, unknown

    static let unknownError = StorageError.unavailable(
        """
        Die Verbindung zu PostgreSQL riss beim Speichern ab. Ob die Änderung gespeichert wurde, ist nicht bekannt; \
        bitte sehen Sie nach, bevor Sie sie wiederholen.
        """)

    /// Names the cluster and its timeline, which changes when another server takes over.
    static let serverQuery = """
        SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || CASE WHEN pg_is_in_recovery() THEN 'folgt'
            ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END
        """

    fileprivate static let question: SQL = """
        SELECT split_part(next_xid, ':', 1)::bigint * 4294967296 + split_part(next_xid, ':', 2)::bigint AS bekannt,
            (extract(epoch FROM clock_timestamp() - checkpoint_time) * 1000)::bigint AS alter
        FROM pg_control_checkpoint()
        """
}

extension PostgresConnection {
    /// Asks a new connection for the transaction by its number.
    ///
    /// - “aborted” and “in the future” say that it was not saved: a number that was saved is never given again.
    /// - “committed” is true unless a crash threw away records that were not yet on the disk: then the server may
    ///   give the same number to another transaction. After a crash the server writes a checkpoint before it lets
    ///   anybody in, so either the last checkpoint is older than our number (no crash since), or it knows the number
    ///   (nothing of it was thrown away). Otherwise, and when another server has taken over, nobody can tell.
    func commitOutcome() -> CommitOutcome {
        guard let number = course.transaction else { return .unknown }
        let (known, formerServer, process) = (course.transactionKnown, server, PQbackendPID(handle))
        let deadline = ContinuousClock.now + .seconds(10)
        // The unit may have been cancelled; what happened must be found out all the same.
        unit = nil
        var rounds = 0
        giveUp()
        repeat {
            if rounds > 0 { Socket.sleep(milliseconds: min(200, 10 << min(rounds, 5))) }
            rounds += 1
            course = Course(.read)
            do {
                try makeReady(for: nil)
                guard server == formerServer else { return .unknown }
                switch try status(of: number, known: known) {
                case "aborted": return .notCommitted
                case "committed": return .committed
                case "in progress":
                    // The server has not noticed that we are gone. One that is committing finishes first.
                    if rounds > 5 { try endOrphan(process, number) }
                default: return .unknown
                }
            } catch StorageError.other("22023", _) { return .notCommitted } catch {
                if course.loss == nil { return .unknown }
                giveUp()
            }
        } while ContinuousClock.now < deadline
        return .unknown
    }

    private func status(of number: UInt64, known: ContinuousClock.Instant) throws -> String? {
        let status: String? = try value("SELECT pg_xact_status(CAST(\(String(number)) AS xid8))")
        guard status == "committed", let checkpoint = try rows(CommitOutcome.question).first else { return status }
        let elapsed = Int((ContinuousClock.now - known) / .milliseconds(1))
        let (age, next): (Int, Int64) = (try checkpoint["alter"], try checkpoint["bekannt"])
        // The time of a checkpoint is kept in whole seconds.
        return age > elapsed + 2_000 || next > Int64(clamping: number) ? status : nil
    }

    private func endOrphan(_ process: Int32, _ number: UInt64) throws {
        _ = try rows(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE pid = \(Int(process)) AND backend_xid = CAST(CAST(\(String(number)) AS xid8) AS xid)
            """)
    }
}
