import Crypto
import Formats
import Kernel
package import Storage

/// The way of a file from an upload into a store: received, looked at, scanned, put away, attached.
package struct Dateieingang: Sendable {
    package let grenzen: Dateigrenzen
    /// Where uploads lie while they arrive.
    let ordner: String
    let ablagen: [any Dateiablage]
    let scanner: (any Virenpruefung)?
    let database: any Database
    /// Hears what is wrong with a store or the scanner, for the log.
    let stoerung: @Sendable (String) -> Void

    /// Files that are under way begin like this; backups leave out what begins with a dot.
    static let vorsatz = ".eingang-"

    /// - Parameters:
    ///   - ablagen: the store for what is new, and behind it those that may still hold something.
    package init(
        database: any Database, ordner: String, ablagen: [any Dateiablage], scanner: (any Virenpruefung)? = nil,
        grenzen: Dateigrenzen = Dateigrenzen(), stoerung: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        (self.database, self.ordner, self.ablagen, self.scanner) = (database, ordner, ablagen, scanner)
        (self.grenzen, self.stoerung) = (grenzen, stoerung)
    }

    /// A folder beside the database, without a scanner.
    package init(database: any Database, ordner: String, grenzen: Dateigrenzen = Dateigrenzen()) {
        self.init(database: database, ordner: ordner, ablagen: [Ordnerablage(ordner: ordner)], grenzen: grenzen)
    }

    /// A file while it arrives.
    final class Empfang {
        let datei: TemporaryFile
        var name: String?
        private var summe = SHA256()

        init(_ ordner: String) throws {
            try Ordner.lege(ordner)
            datei = try TemporaryFile(in: ordner, prefix: Dateieingang.vorsatz)
        }

        func nimm(_ part: [UInt8]) throws {
            summe.update(data: part)
            try datei.append(part)
        }

        var sha256: String { summe.finalize().hex }
    }

    func empfange() throws -> Empfang {
        do { return try Empfang(ordner) } catch let error as Ablagefehler { throw gestoert(error) } catch is FormatError
        { throw Self.keinPlatz }
    }

    /// Looks at what arrived.
    ///
    /// - Throws: `FormErrors` with a sentence for the field, `Refusal` of the scanner.
    func pruefe(_ empfang: Empfang, beschreibung: String?, am: @Sendable () -> Instant) async throws -> Dateiwunsch {
        guard let name = Dateiname(empfang.name ?? "") else {
            var errors = FormErrors()
            errors.add("datei", "Die Datei hat keinen brauchbaren Namen. Benennen Sie sie um.")
            throw errors
        }
        let file = empfang.datei
        let art = try await Nebenfaden.tue { try Dateipruefung.art(file, name: name) }
        var geprueftAm: Instant?
        if let scanner {
            try await verlangeSauber(file, scanner)
            geprueftAm = am()
        }
        return Dateiwunsch(
            name: name, art: art, beschreibung: beschreibung, sha256: empfang.sha256, groesse: file.byteCount,
            geprueftAm: geprueftAm)
    }

    /// Attaches what was looked at. The content is in its place before a row names it, and what was put in vain goes again.
    func haengeAn(
        _ wunsch: Dateiwunsch, _ file: TemporaryFile, an bezug: Dateibezug, durch urheber: Urheber,
        erlaubt: @escaping @Sendable (any SQLConnection) throws -> Dateibezug
    ) async throws {
        let grenzen = grenzen
        let there = try await ersetzeVerlorenes(wunsch, file) { db in _ = try erlaubt(db) }
        if there == nil {
            let known = try await database.write { db in
                try DateiStore.haengeAn(
                    wunsch, an: erlaubt(db), neu: nil, grenzen: grenzen, durch: urheber, in: db)
            }
            guard known == .inhaltFehlt else { return }
        }
        guard let ablage = ablagen.first else { return }
        let ort = there ?? Ablageort.neu(wunsch.sha256)
        if there == nil { try await lege(file, wunsch, an: ort, in: ablage) }
        let neu = Dateiinhaltszeile(
            sha256: wunsch.sha256, groesse: wunsch.groesse, ablage: ablage.name, ort: ort, geprueftAm: wunsch.geprueftAm
        )
        let result: DateiStore.Ergebnis
        do {
            result = try await database.write { db in
                try DateiStore.haengeAn(wunsch, an: erlaubt(db), neu: neu, grenzen: grenzen, durch: urheber, in: db)
            }
        } catch let error as StorageError {
            // Perhaps it was written all the same: what nobody names, the nightly tidying takes.
            throw error
        } catch {
            await vergiss(ort, in: ablage)
            throw error
        }
        if case .doppeltAbgelegt = result { await vergiss(ort, in: ablage) }
    }

    private func lege(
        _ file: TemporaryFile, _ wunsch: Dateiwunsch, an ort: String, in ablage: any Dateiablage
    ) async throws {
        do { try await ablage.lege(file, sha256: wunsch.sha256, an: ort) } catch let error as Ablagefehler {
            throw gestoert(error)
        } catch is FormatError { throw Self.keinPlatz }
    }

    /// Content that a row names and that is no longer in its place comes back with whoever has it.
    ///
    /// - Returns: where it was put in vain, because the row went meanwhile.
    private func ersetzeVerlorenes(
        _ wunsch: Dateiwunsch, _ file: TemporaryFile,
        erlaubt: @escaping @Sendable (any SQLConnection) throws -> Void
    ) async throws -> String? {
        let sha256 = wunsch.sha256
        guard let row = try await database.read({ db in try DateiStore.inhalt(sha256, in: db) }),
            let old = ablagen.first(where: { $0.name == row.ablage }), let ablage = ablagen.first
        else { return nil }
        do { if try await old.enthaelt(row.ort) { return nil } } catch let error as Ablagefehler {
            throw gestoert(error)
        }
        let ort = Ablageort.neu(sha256)
        try await lege(file, wunsch, an: ort, in: ablage)
        let (name, geprueft) = (ablage.name, wunsch.geprueftAm)
        do {
            let isMoved = try await database.write { db in
                try erlaubt(db)
                return try DateiStore.verlege(row, nach: ort, ablage: name, geprueftAm: geprueft, in: db)
            }
            return isMoved ? nil : ort
        } catch let error as StorageError {
            // Perhaps it was written all the same: what nobody names, the nightly tidying takes.
            throw error
        } catch {
            await vergiss(ort, in: ablage)
            throw error
        }
    }

    func entferne(
        _ id: String, durch urheber: Urheber,
        erlaubt: @escaping @Sendable (Dateibezug, any SQLConnection) throws -> Void
    ) async throws -> Dateibezug {
        let (bezug, inhalt) = try await database.write { db in
            guard let datei = try DateiStore.find(id, in: db),
                let bezug = try BezugStore.find(datei.bezug, datei.bezugID, in: db)
            else { throw DateiRoutes.unbekannt }
            try erlaubt(bezug, db)
            return (bezug, try DateiStore.entferne(datei, von: bezug, durch: urheber, in: db))
        }
        if let inhalt, let ablage = ablagen.first(where: { $0.name == inhalt.ablage }) {
            await vergiss(inhalt.ort, in: ablage)
        }
        return bezug
    }

    /// The content of an attachment, scanned where a scanner is asked and has not seen it yet.
    func inhalt(_ datei: Datei, am: @Sendable () -> Instant) async throws -> any Bytezugriff {
        let sha256 = datei.inhalt
        guard let row = try await database.read({ db in try DateiStore.inhalt(sha256, in: db) }) else {
            throw DateiRoutes.unbekannt
        }
        guard let ablage = ablagen.first(where: { $0.name == row.ablage }) else {
            throw gestoert(.gestoert("Ablage \(row.ablage) ist nicht eingerichtet"))
        }
        let file: any Bytezugriff
        do { file = try await ablage.hole(row.ort) } catch let error as Ablagefehler {
            throw gestoert(error)
        } catch is FormatError { throw Self.keinPlatz }
        guard file.byteCount == row.groesse else { throw gestoert(.gestoert("Größe")) }
        if let scanner, row.geprueftAm == nil {
            try await verlangeSauber(file, scanner)
            let now = am()
            try await database.write { db in try DateiStore.merke(geprueft: sha256, am: now, in: db) }
        }
        return file
    }

    private func verlangeSauber(_ file: any Bytezugriff, _ scanner: any Virenpruefung) async throws {
        let befund = try await scanner.pruefe(file)
        if case .gestoert(let text) = befund { stoerung("Virenscanner: \(text)") }
        try befund.verlangeSauber()
    }

    /// What cannot be taken away now, the nightly tidying takes: nobody names it any more.
    private func vergiss(_ ort: String, in ablage: any Dateiablage) async { _ = try? await ablage.loesche(ort) }

    static let keinPlatz = Refusal(
        .unavailable,
        "Für die Datei ist zurzeit kein Platz auf dem Server. Sie wurde nicht gespeichert; bitte sagen Sie der Betriebsstelle Bescheid."
    )

    private func gestoert(_ error: Ablagefehler) -> Refusal {
        if error != .besetzt { stoerung("\(error)") }
        return switch error {
        case .fehlt:
            Refusal(
                .unavailable,
                "Der Inhalt dieser Datei ist nicht zu finden. Bitte sagen Sie der Betriebsstelle Bescheid.")
        case .besetzt:
            Refusal(
                .unavailable,
                "Zurzeit holen zu viele zugleich eine Datei. Bitte versuchen Sie es gleich noch einmal.")
        case .gestoert:
            Refusal(
                .unavailable,
                "Der Speicher für Dateien antwortet zurzeit nicht. Bitte versuchen Sie es später noch einmal.")
        }
    }
}
