import ArgumentParser

/// A part of the measurements that can be run by itself.
struct Teil: Sendable {
    let name: String
    /// What the part measures, in one sentence.
    let satz: String
    /// Too long for a run over everything; it is named when it is wanted.
    var nurEinzeln = false
    let messe: @Sendable (Lauf) async throws -> [Zeile]

    /// All parts, in the order of their rows.
    static let alle: [Teil] = [
        Verzeichnisimport.teil, Start.teil, Seiten.teil, OhneZwischenspeicher.teil, Angemeldet.teil,
        Anmeldeandrang.teil, JSONListe.teil,
        SchreibenSQLite.teil, SchreibenPostgres.teil, Jobdurchsatz.teil, Suchmessung.teil,
        Katalogsuche.teil, Dateimessung.teil, Ausdauer.kurz, Ausdauer.lang,
    ]

    static func named(_ name: String) throws -> Teil {
        guard let found = alle.first(where: { $0.name == name }) else {
            throw ValidationError(
                "Den Teil „\(name)“ gibt es nicht. Möglich sind: \(alle.map(\.name).joined(separator: ", "))")
        }
        return found
    }

    /// The names with their sentences, one a line.
    static var liste: String {
        let width = alle.map(\.name.count).max() ?? 0
        return alle.map { part in
            let gap = String(repeating: " ", count: width - part.name.count + 2)
            return "\(part.name)\(gap)\(part.satz)\(part.nurEinzeln ? " Nur mit --nur." : "")"
        }.joined(separator: "\n")
    }
}
