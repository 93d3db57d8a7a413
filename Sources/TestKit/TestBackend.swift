import Foundation
package import Storage
import StoragePostgres
import StorageSQLite
import Synchronization

/// The databases a test runs on: SQLite always, PostgreSQL when `TEST_POSTGRES` names one.
package enum TestBackend: String, CaseIterable, Sendable, CustomStringConvertible {
    case sqliteMemory, sqliteFile, postgres

    package var description: String { rawValue }

    /// What this machine offers.
    package static var available: [TestBackend] {
        if postgresConninfo != nil { return allCases }
        // A build server without PostgreSQL would be green with half of the rules unchecked.
        precondition(
            ProcessInfo.processInfo.environment["CI"] == nil,
            "CI is set, so TEST_POSTGRES must name a PostgreSQL database (conninfo of an administrator)")
        return [.sqliteMemory, .sqliteFile]
    }

    /// The administrator's connection to the test cluster.
    package static var postgresConninfo: String? { ProcessInfo.processInfo.environment["TEST_POSTGRES"] }

    /// `conninfo` pointed at another database of the same cluster.
    package static func conninfo(_ conninfo: String, database: String) -> String {
        let isURL = conninfo.hasPrefix("postgres://") || conninfo.hasPrefix("postgresql://")
        let separator = isURL ? (conninfo.contains("?") ? "&" : "?") : " "
        return conninfo + separator + "dbname=\(database)"
    }

    /// A fresh database of its own with `migrations` done; it goes when the last reference goes.
    ///
    /// Ask for one database in a test: on PostgreSQL 24 are lent at a time.
    package func database(_ migrations: [Migration] = [], saat: Saat? = nil) async throws -> any Database {
        switch self {
        case .sqliteMemory:
            let database = try SQLiteDatabase(path: nil)
            try await database.migrate(migrations)
            try await saat?.load(database)
            return database
        case .sqliteFile: return try await SQLiteFiles.copy(of: migrations, saat)
        case .postgres: return try await PostgresClones.clone(of: migrations, saat)
        }
    }
}

/// Rows that many tests start from: loaded once a run and cloned with the tables.
package struct Saat: Sendable {
    /// Letters and digits; part of the name of the template.
    let name: String
    let load: @Sendable (any Database) async throws -> Void

    package init(_ name: String, load: @escaping @Sendable (any Database) async throws -> Void) {
        (self.name, self.load) = (name, load)
    }
}

/// Passes everything on and cleans up when the test has let go of it.
private final class LentDatabase: Database {
    private let base: any Database
    private let onReturn: @Sendable () -> Void

    init(_ base: any Database, onReturn: @escaping @Sendable () -> Void) {
        self.base = base
        self.onReturn = onReturn
    }

    deinit { onReturn() }

    var dialect: SQLDialect { base.dialect }

    func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        try await base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        try await base.write(body)
    }

    func version() async throws -> DatabaseVersion { try await base.version() }

    var counters: DatabaseCounters { base.counters }

    func close() async { await base.close() }
}

/// Files copied from one that was migrated once in this run.
private enum SQLiteFiles {
    private static let templates = Templates()
    private static let folder = URL(filePath: NSTemporaryDirectory(), directoryHint: .isDirectory)
        .appending(path: "leitstand-test-\(ProcessInfo.processInfo.processIdentifier)", directoryHint: .isDirectory)

    static func copy(of migrations: [Migration], _ saat: Saat?) async throws -> any Database {
        let template = folder.appending(path: try migrations.fingerprint + (saat?.name ?? "") + ".vorlage")
        try await templates.prepare(template.path) {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            // The id of a process comes back, and with it the name of its folder.
            if FileManager.default.fileExists(atPath: template.path) {
                try FileManager.default.removeItem(at: template)
            }
            let database = try SQLiteDatabase(path: template.path)
            try await database.migrate(migrations)
            try await saat?.load(database)
            // Closing writes the log into the file.
            await database.close()
        }
        let file = folder.appending(path: UUID().uuidString + ".sqlite")
        try FileManager.default.copyItem(at: template, to: file)
        return LentDatabase(try SQLiteDatabase(path: file.path)) {
            for suffix in ["", "-wal", "-shm"] {
                // What is left over lies in the temporary folder and disturbs nobody.
                try? FileManager.default.removeItem(atPath: file.path + suffix)
            }
        }
    }
}

/// Databases cloned from one that was migrated once.
private enum PostgresClones {
    private static let templates = Templates()
    private static let gate = Gate(places: 24)
    private static let admin = PostgresDatabase(conninfo: TestBackend.postgresConninfo ?? "", limit: 2)
    private static let returned = Mutex<[String]>([])

    static func clone(of migrations: [Migration], _ saat: Saat?) async throws -> any Database {
        let template = "t_\(try migrations.fingerprint)_\(saat?.name ?? "")_tpl"
        try await templates.prepare(template) { try await make(template, migrations, saat) }
        await gate.enter()
        do {
            for old in returned.withLock({ names in
                defer { names = [] }
                return names
            }) { await drop(old) }
            let name = "t_" + UUID().uuidString.lowercased().replacing("-", with: "")
            try await admin.executeAlone(SQL(stringLiteral: "CREATE DATABASE \(name) TEMPLATE \(template)"))
            return LentDatabase(connect(to: name)) {
                returned.withLock { $0.append(name) }
                gate.leave()
            }
        } catch {
            gate.leave()
            throw error
        }
    }

    private static func make(_ template: String, _ migrations: [Migration], _ saat: Saat?) async throws {
        // A template of an earlier run may hold other rows, or stop half-way.
        try await admin.executeAlone(SQL(stringLiteral: "DROP DATABASE IF EXISTS \(template) WITH (FORCE)"))
        try await admin.executeAlone(
            SQL(
                stringLiteral: """
                    CREATE DATABASE \(template) TEMPLATE template0 ENCODING 'UTF8' \
                    LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'
                    """))
        let database = connect(to: template)
        try await database.migrate(migrations)
        try await saat?.load(database)
        // A template with open connections cannot be cloned.
        await database.close()
    }

    private static func drop(_ name: String) async {
        // The cluster is thrown away after the run; dropping early only saves space.
        try? await admin.executeAlone(SQL(stringLiteral: "DROP DATABASE \(name) WITH (FORCE)"))
    }

    private static func connect(to name: String) -> PostgresDatabase {
        let conninfo = TestBackend.postgresConninfo ?? ""
        return PostgresDatabase(conninfo: TestBackend.conninfo(conninfo, database: name), limit: 4)
    }
}

/// Does the work for each name once, also when several tests ask together.
private actor Templates {
    private var tasks: [String: Task<Void, any Error>] = [:]

    func prepare(_ name: String, _ work: @escaping @Sendable () async throws -> Void) async throws {
        let task = tasks[name] ?? Task { try await work() }
        tasks[name] = task
        try await task.value
    }
}

/// Lets a fixed number of tests hold a database; the others wait in turn.
private final class Gate: Sendable {
    private struct State {
        var places: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(places: Int) { state = Mutex(State(places: places)) }

    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.places == 0 {
                    state.waiting.append(continuation)
                    return false
                }
                state.places -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        let next: CheckedContinuation<Void, Never>? = state.withLock { state in
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.places += 1
            return nil
        }
        next?.resume()
    }
}

extension [Migration] {
    /// The same for the same steps, in this run and in the next (FNV-1a).
    fileprivate var fingerprint: String {
        get throws {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for migration in self {
                for statement in migration.statements {
                    for text in [migration.id] + [
                        try statement.rendered(for: .sqlite).text, try statement.rendered(for: .postgres).text,
                    ] {
                        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
                    }
                }
            }
            return String(hash, radix: 16)
        }
    }
}
