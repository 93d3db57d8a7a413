import GRDBSQLite
import Storage
import Synchronization

/// Tells whether a database file was changed, by any connection of any process.
///
/// A connection that never writes asks for `data_version`, which moves with every commit of another one. That
/// looks into shared memory only, so it takes a few microseconds and waits neither for writers nor for the disk.
final class CommitWatch: Sendable {
    private struct Handles {
        let connection: OpaquePointer
        let statement: OpaquePointer
    }

    private struct State {
        var handles: Handles?
        var unknown = 0
    }

    private let state: Mutex<State>

    /// Opens the file at `path`, which is in WAL mode already.
    init(path: String) throws {
        var connection: OpaquePointer?
        var statement: OpaquePointer?
        // The mutex keeps threads apart.
        let code = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK,
            sqlite3_prepare_v2(connection, "PRAGMA data_version", -1, &statement, nil) == SQLITE_OK,
            let connection, let statement
        else {
            sqlite3_close_v2(connection)
            throw StorageError.unavailable("SQLite \(code)")
        }
        state = Mutex(State(handles: Handles(connection: connection, statement: statement)))
    }

    deinit { close() }

    /// - Throws: `StorageError.unavailable` after `close`.
    func version() throws -> DatabaseVersion {
        try state.withLock { state in
            guard let handles = state.handles else { throw StorageError.closed }
            defer { sqlite3_reset(handles.statement) }
            guard sqlite3_step(handles.statement) == SQLITE_ROW else {
                // Another process recovers the file, say. A mark that never comes back promises nothing.
                state.unknown += 1
                return DatabaseVersion("?\(state.unknown)")
            }
            return DatabaseVersion("\(sqlite3_column_int64(handles.statement, 0))")
        }
    }

    func close() {
        state.withLock { state in
            guard let handles = state.handles else { return }
            sqlite3_finalize(handles.statement)
            sqlite3_close_v2(handles.connection)
            state.handles = nil
        }
    }
}
