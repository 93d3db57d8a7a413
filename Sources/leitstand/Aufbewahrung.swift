import App
import ArgumentParser
import Kernel
import Konten
import Storage

/// `check --aufbewahrung`: which records have had their time.
struct Aufbewahrungsangaben: ParsableArguments {
    @Flag(help: "Zeigt, was nach den Löschfristen jetzt ginge; ändert nichts.") var aufbewahrung = false
    @Flag(help: "Mit --aufbewahrung: löscht es auch.") var ausfuehren = false

    func validate() throws {
        guard aufbewahrung || !ausfuehren else {
            throw ValidationError("--ausfuehren gilt nur zusammen mit --aufbewahrung.")
        }
    }

    func run(_ ort: Ort) async throws {
        try await erklaert {
            let einstellungen = ort.einstellungen()
            let datenschutz = try Datenschutz.eingestellt(einstellungen)
            let database = try await ort.open(einstellungen)
            let lauf = Fristlauf(datenschutz, database)
            let found = try await (ausfuehren ? lauf.raeume(am: .jetzt()) : lauf.probe(am: .jetzt()))
            for entry in found { melde(entry.zeile) }
            let count = Zahl.deutsch(found.reduce(0) { $0 + $1.anzahl })
            melde(
                ausfuehren
                    ? "Gelöscht: \(count)" : "Fällig: \(count). Gelöscht wird in der Nacht oder mit --ausfuehren.")
            await database.close()
        }
    }
}
