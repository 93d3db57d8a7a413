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
        // All settings are read before the database is touched: what makes no sense leaves it as it is.
        let (anbieter, abruf) = (try einstellungen.anbieter(), Abruf(zertifikate: try einstellungen.zertifikate()))
        let (adresse, linkadresse) = (try einstellungen.adresse(), try einstellungen.linkadresse())
        let (anfragen, anfragemass) = (try einstellungen.anfragen(), try einstellungen.anfragemass())
        let (messnetze, proxys) = (try einstellungen.metriken(), try einstellungen.proxys())
        let (cache, postausgang) = (try einstellungen.cache(), try einstellungen.postausgang())
        let (datenschutz, webhookziele) = (
            try Datenschutz.eingestellt(einstellungen), try einstellungen.webhookziele()
        )
        let dateieingang = try einstellungen.dateieingang()
        let texte = Fusstexte(ordner: einstellungen.textordner, vorlagen: ressourcen.texte)
        let tls = einstellungen.tls
        let (views, assets) = (try ressourcen.views(), try ressourcen.assets())
        let suche = Suche(alltag: try Suchwoerter.lade(ressourcen, eigene: einstellungen.textordner))
        let database = try await Datenbank.open(einstellungen).database
        return try Leitstand(
            database: database, views: views, assets: assets, anmeldung: Anmeldung(regel: ressourcen.kennwortregel),
            suche: suche, tls: tls, texte: texte, adresse: adresse, cache: cache,
            anfragegrenze: Anfragegrenze(plaetze: anfragen), messnetze: messnetze, proxys: proxys,
            postausgang: postausgang, linkadresse: linkadresse,
            anbieter: anbieter.map { Identitaetsanbieter($0, abruf: abruf) },
            datenschutz: datenschutz, anfragemass: anfragemass, dateien: dateieingang(database),
            webhookziele: webhookziele)
    }
}
