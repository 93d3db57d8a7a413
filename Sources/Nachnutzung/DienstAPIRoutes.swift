import Hummingbird
import Katalog
import Kernel
import Storage
import Verzeichnis
package import Web

/// What programs change at Onlinedienste.
package struct DienstAPIRoutes: RoomRoutes {
    let weg: Schreibweg

    package init(weg: Schreibweg) { self.weg = weg }

    private static let neu = Eingabeform(
        "OnlinedienstNeu",
        [
            .init("name", .text(300), pflicht: true),
            .init("anbieter", .text(300), pflicht: true, "Kennung, Regionalschlüssel oder voller Name"),
            .init("url", .webadresse(2_000)), .init("hersteller", .text(300)), .init("formularsystem", .text(300)),
            .init("leistungen", .texte(500, je: 40), "Leistungsschlüssel oder Kennungen"),
            .init("variante", .wort(Variante.allCases.map(\.rawValue))),
            .init("reifegradmodell", .wort(Reifegrad.Modell.allCases.map(\.rawValue)), "mit reifegrad zusammen"),
            .init("reifegrad", .zahl(0...7)), .init("beschreibung", .text(5_000)),
        ])

    private static let aenderung = neu.aenderung("OnlinedienstAenderung")

    package func add(to routes: inout Routes) {
        routes.api(
            APIOperation(
                .post, "/dienste", "Einen Onlinedienst anlegen", eingabe: Self.neu, antwort: .angelegt("Onlinedienst")),
            use: create)
        routes.api(
            APIOperation(
                .patch, "/dienste/{slug}", "Einen Onlinedienst ändern", eingabe: Self.aenderung,
                antwort: .objekt("Onlinedienst")), use: change)
    }

    @Sendable func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        let wer = context.nachschau
        return try await weg.fuehre(request, context, Self.neu) { wer, db in
            try wer.verlange(.dienstAnlegen, in: db)
        } aendere: { _, felder, urheber, db in
            // Two who name a service alike at once must not get the same address.
            try db.lock("dienste")
            var form = DienstForm()
            Self.uebernimm(felder, in: &form, bisher: nil)
            let slug = try DienstStore.freierSlug(form.name, in: db)
            let (dienst, leistungen) = try form.checked(
                id: .init(rawValue: Kennung.neu(urheber.am)), slug: slug, in: db)
            try wer.verlange(.dienstAendern(anbieter: dienst.anbieter.rawValue), in: db)
            try DienstStore.insert(dienst, leistungen: leistungen, durch: urheber, in: db)
            return .angelegt(try Self.find(slug, in: db), unter: "/api/v1" + dienst.pfad)
        }
    }

    @Sendable func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        let slug = try context.parameter("slug")
        let wer = context.nachschau
        return try await weg.fuehre(request, context, Self.aenderung) { wer, db in
            let old = try Self.find(slug, in: db)
            try wer.verlange(.dienstAendern(anbieter: old.dienst.anbieter.rawValue), in: db)
            return old
        } aendere: { old, felder, urheber, db in
            try felder.verlange(version: old.dienst.version, sonst: DienstStore.inzwischenGeaendert)
            var form = DienstForm(old)
            // Names may repeat; the id does not.
            form.anbieter = old.dienst.anbieter.rawValue
            Self.uebernimm(felder, in: &form, bisher: old.dienst.reifegrad)
            let (dienst, leistungen) = try form.checked(id: old.dienst.id, slug: old.dienst.slug, in: db)
            // A service is given to somebody else only by those who may change it there, too.
            try wer.verlange(.dienstAendern(anbieter: dienst.anbieter.rawValue), in: db)
            try DienstStore.change(old, to: dienst, leistungen: leistungen, durch: urheber, in: db)
            return .geaendert(try Self.find(old.dienst.slug, in: db))
        }
    }

    /// Scheme and level stand apart in JSON and together in the form.
    private static func uebernimm(_ felder: Abfrage, in form: inout DienstForm, bisher: Reifegrad?) {
        let before = form.reifegrad
        form.uebernimm(felder)
        form.reifegrad = before
        guard felder.nennt("reifegradmodell") || felder.nennt("reifegrad") else { return }
        let scheme = felder.nennt("reifegradmodell") ? felder.roh("reifegradmodell") : bisher?.modell.rawValue ?? ""
        let level = felder.nennt("reifegrad") ? felder.roh("reifegrad") : bisher.map { "\($0.stufe)" } ?? ""
        if scheme.isEmpty, level.isEmpty {
            form.reifegrad = ""
        } else {
            // Half of it is none: the form says so.
            form.reifegrad = "\(Reifegrad.Modell(rawValue: scheme)?.wort ?? "ohne Modell"): \(level)"
        }
    }

    private static func find(_ slug: String, in db: any SQLConnection) throws -> DienstEintrag {
        guard let found = try DienstStore.find(slug: slug, in: db) else {
            throw Refusal(.notFound, "Den Onlinedienst „\(slug.prefix(80))“ gibt es nicht.")
        }
        return found
    }
}
