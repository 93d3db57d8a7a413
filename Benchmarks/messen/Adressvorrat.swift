import App
import Dateien
import Formats
import Foundation
import HTTPTypes
import Konten
import Storage
import StorageSQLite
import Suche
import Web

/// Addresses of every public route, with the ids that are in the database, drawn by a seed.
struct Adressvorrat: Sendable {
    /// The addresses of one route and how often it comes among all.
    private struct Gruppe: Sendable {
        let gewicht: Int
        let adressen: [String]
    }

    private let gruppen: [Gruppe]
    private let gesamtgewicht: Int
    private let saat: UInt64
    var routen: Int { gruppen.count }
    var adressen: Int { gruppen.reduce(0) { $0 + $1.adressen.count } }

    /// The address of the request with this number; the same for the same seed.
    func adresse(_ number: Int) -> String {
        var random = Zufallsfolge(saat &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15)
        // First a few rounds over all routes: memory is compared with a server that has met each of them.
        if number < gruppen.count * 10 {
            let group = gruppen[number % gruppen.count]
            return group.adressen[random.zahl(group.adressen.count)]
        }
        var ticket = random.zahl(gesamtgewicht)
        for group in gruppen {
            if ticket < group.gewicht { return group.adressen[random.zahl(group.adressen.count)] }
            ticket -= group.gewicht
        }
        return "/"
    }

    /// Reads ids and words of the data folder and pairs them with the routes that the router itself names.
    init(_ lauf: Lauf) async throws {
        saat = lauf.saat
        let database = try SQLiteDatabase(path: try await lauf.bestand.ordner() + "/leitstand.sqlite")
        let ressourcen = try Ressourcen(konfiguriert: nil)
        let assets = try ressourcen.assets()
        let leitstand = Leitstand(
            database: database, views: try ressourcen.views(), assets: assets,
            anmeldung: try Anmeldung(aufwand: .gering),
            suche: Suche(alltag: try Suchwoerter.lade(ressourcen, eigene: lauf.ordner)),
            dateien: Dateieingang(database: database, ordner: lauf.ordner + "/dateien"))
        let offene = leitstand.router().routes.filter {
            $0.method == .get && $0.zugang == .oeffentlich && !Adressvorrat.fehltImBestand($0.path)
        }
        let werte = try await Werte(database)
        gruppen = try offene.map { route in
            let paths =
                route.path.hasPrefix("/assets/")
                ? ["/kern/kern.min.css", "/leitstand.css"].map { assets.base + $0 }
                : try werte.adressen(route.path)
            return Gruppe(gewicht: Adressvorrat.gewicht(route.path), adressen: paths)
        }
        gesamtgewicht = gruppen.reduce(0) { $0 + $1.gewicht }
        await database.close()
    }

    /// The stock has no attached files, no offices and statements of an Organisation, and nobody is invited there.
    private static func fehltImBestand(_ path: String) -> Bool {
        path == "/dateien/{id}" || path.hasSuffix("/{link}") || path.hasSuffix("/{einheit}")
            || path.hasPrefix("/api/v1/organisationen/{ars}/") && path.hasSuffix("/{id}")
    }

    /// Whole files take a hundred times longer than pages and are asked for that much less; readers do the same.
    private static func gewicht(_ path: String) -> Int {
        if path.hasSuffix(".csv") || path.hasSuffix(".xlsx") || path.contains("/grenzen/") { return 1 }
        // The description of the interface asks every route for an example.
        if path.hasSuffix(".atom") || path == "/schnittstelle" { return 5 }
        return path.contains("{") ? 300 : 100
    }

    /// What stands for the parameters of a route.
    private struct Werte {
        /// By the beginning of the path and the parameter: `/dienste {slug}`.
        private var listen: [String: [String]] = [:]
        private var paare: [String: [(String, String)]] = [:]
        private var worte: [String] = []

        init(_ database: any Database) async throws {
            let queries: [(String, SQL)] = [
                ("leistungen {id}", "SELECT id AS a FROM leistung ORDER BY id"),
                ("ozg {ozgId}", "SELECT ozg_id AS a FROM ozg_leistung ORDER BY ozg_id"),
                ("themenfelder {slug}", "SELECT slug AS a FROM themenfeld ORDER BY slug"),
                ("dienste {slug}", "SELECT slug AS a FROM onlinedienst ORDER BY slug"),
                ("gebiete {ars}", "SELECT ars AS a FROM gebiet WHERE ars IS NOT NULL ORDER BY ars"),
                ("codelisten {id}", "SELECT slug AS a FROM codeliste ORDER BY slug"),
                (
                    "umsetzung {organisation}",
                    """
                    SELECT DISTINCT o.ars AS a FROM umsetzungseintrag e JOIN organisation_sicht o ON o.id = e.organisation
                    WHERE o.ars IS NOT NULL ORDER BY o.ars
                    """
                ),
            ]
            let organisationen: SQL = "SELECT ars AS a FROM organisation_sicht WHERE ars IS NOT NULL ORDER BY ars"
            for (name, sql) in queries
                + ["organisationen {organisation}", "organisationen {ars}"].map({
                    ($0, organisationen)
                })
            {
                listen[name] = try await database.read { db in try db.rows(sql).map { try $0["a"] as String } }
            }
            listen["grenzen {ebene}"] = ["gemeinden?stufe=3", "kreise", "laender"]
            let pairs: [(String, SQL)] = [
                (
                    "umsetzung {eintrag}",
                    """
                    SELECT o.ars AS a, e.id AS b FROM umsetzungseintrag e
                    JOIN organisation_sicht o ON o.id = e.organisation WHERE o.ars IS NOT NULL ORDER BY e.id
                    """
                ),
                (
                    "codelisten {code}",
                    "SELECT slug AS a, code AS b FROM codeliste_eintrag_sicht WHERE neueste ORDER BY slug, code"
                ),
            ]
            for (name, sql) in pairs + [("umsetzung {id}", pairs[0].1)] {
                let rows = try await database.read { db in
                    try db.rows(sql).map { [try $0["a"] as String, try $0["b"] as String] }
                }
                paare[name] = rows.map { ($0[0], Werte.kodiert($0[1])) }
            }
            let names = try await database.read { db in
                try db.rows("SELECT name FROM leistung ORDER BY id").map { try $0["name"] as String }
            }
            worte = Array(
                Set(names.flatMap { $0.split { !$0.isLetter }.filter { $0.count > 4 }.map(String.init) })
            ).sorted().map(Werte.kodiert)
        }

        /// - Throws: when a route has a parameter that nothing is known for, so that no route is left out unseen.
        func adressen(_ path: String) throws -> [String] {
            let parts = path.split(separator: "/")
            let room = String(parts.first { $0 != "api" && $0 != "v1" } ?? "")
            let parameters = parts.filter { $0.hasPrefix("{") }.map(String.init)
            switch parameters.count {
            case 0: return liste(path)
            case 1:
                guard let values = listen["\(room) \(parameters[0])"], !values.isEmpty else { break }
                return values.map { path.replacing(parameters[0], with: $0) }
            case 2:
                guard let values = paare["\(room) \(parameters[1])"], !values.isEmpty else { break }
                return values.map {
                    path.replacing(parameters[0], with: $0.0).replacing(parameters[1], with: $0.1)
                }
            default: break
            }
            throw Serverprozess.Fehler(description: "Für die Route \(path) ist in der Datenbank nichts bekannt.")
        }

        /// A page without parameters; lists also with words to search for and with later pages.
        private func liste(_ path: String) -> [String] {
            guard let room = path.split(separator: "/").last?.split(separator: ".").first else { return [path] }
            let searched = ["leistungen", "ozg", "gebiete", "dienste", "codelisten", "suche", "vorschlaege"]
            guard searched.contains(String(room)) else { return [path] }
            let asked = worte.enumerated().filter { $0.offset % 7 == 0 }.map { "\(path)?q=\($0.element)" }
            let paged = path == "/leistungen" || path == "/gebiete"
            return [path] + asked + (paged ? (2...40).map { "\(path)?seite=\($0)" } : [])
        }

        private static func kodiert(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
        }
    }
}
