import Konten
import Suche
import Web

extension Leitstand {
    /// The product as the operator has set it up, with its database open and up to date.
    ///
    /// - Throws: `Refusal` for a setting that makes no sense, and what `Datenbank.open` throws.
    package static func eingerichtet(
        _ einstellungen: Einstellungen, _ ressourcen: Ressourcen
    ) async throws -> Leitstand {
        // All settings are read before the database is touched.
        let anbieter = try einstellungen.anbieter()
        let (views, assets) = (try ressourcen.views(), try ressourcen.assets())
        let suche = Suche(alltag: try Suchwoerter.lade(ressourcen, eigene: einstellungen.textordner))
        let database = try await Datenbank.open(einstellungen).database
        return try Leitstand(
            database: database, views: views, assets: assets, anmeldung: Anmeldung(regel: ressourcen.kennwortregel),
            suche: suche, tls: einstellungen.tls,
            texte: Fusstexte(ordner: einstellungen.textordner, vorlagen: ressourcen.texte),
            adresse: einstellungen.adresse(), cache: einstellungen.cache(),
            anfragegrenze: Anfragegrenze(plaetze: einstellungen.anfragen()), messnetze: einstellungen.metriken(),
            proxys: einstellungen.proxys(), postausgang: einstellungen.postausgang(),
            linkadresse: einstellungen.linkadresse(), anbieter: anbieter.map { Identitaetsanbieter($0) },
            datenschutz: Datenschutz.eingestellt(einstellungen), anfragemass: einstellungen.anfragemass(),
            dateien: einstellungen.dateieingang(database), webhookziele: einstellungen.webhookziele())
    }
}
