import Hummingbird
import Kernel
import Storage
package import Web

/// What programs change at Organisationen themselves.
package struct OrganisationAPIRoutes: RoomRoutes {
    let weg: Schreibweg

    package init(weg: Schreibweg) { self.weg = weg }

    static let ort = APIOperation.Parameter("ars", "Regionalschlüssel, Kennung oder voller Name", in: "path")

    private static let neu = Eingabeform(
        "OrganisationNeu",
        [
            .init("name", .text(200), pflicht: true),
            .init("art", .wort(OrganisationForm.arten.map(\.rawValue)), pflicht: true),
            .init("webadresse", .webadresse(2_000)),
        ])

    private static let aenderung = neu.aenderung("OrganisationAenderung", ohne: ["art"])

    package func add(to routes: inout Routes) {
        routes.api(
            APIOperation(
                .post, "/organisationen", "Eine Organisation anlegen, die kein Verzeichnis kennt", eingabe: Self.neu,
                antwort: .angelegt("Organisation")), use: create)
        routes.api(
            APIOperation(
                .patch, "/organisationen/{ars}", "Eine Organisation ändern", [Self.ort], eingabe: Self.aenderung,
                antwort: .objekt("Organisation")), use: change)
    }

    @Sendable func create(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await weg.fuehre(request, context, Self.neu) { wer, db in
            try wer.verlange(.organisationAnlegen, in: db)
        } aendere: { _, felder, urheber, db in
            // Two who create the same one at once must not both succeed.
            try db.lock("organisation")
            var form = OrganisationForm()
            form.uebernimm(felder)
            let id = try OrganisationStore.insert(form.checked(nil, in: db), durch: urheber, in: db)
            let made = try OrganisationStore.named(id.rawValue, in: db)
            return .angelegt(made, unter: "/api/v1" + made.pfad)
        }
    }

    @Sendable func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        let word = try context.parameter("ars")
        return try await weg.fuehre(request, context, Self.aenderung) { wer, db in
            try Self.changeable(word, wer, in: db)
        } aendere: { current, felder, urheber, db in
            try felder.verlange(version: current.version, sonst: OrganisationForm.inzwischenGeaendert)
            var form = OrganisationForm(current)
            form.uebernimm(felder)
            try OrganisationStore.change(current, to: form.checked(current, in: db), durch: urheber, in: db)
            return .geaendert(try OrganisationStore.named(current.id.rawValue, in: db))
        }
    }

    /// The Organisation of an address, for somebody who may change it.
    static func changeable(_ word: String, _ wer: Nachschau, in db: any SQLConnection) throws -> Organisation {
        let organisation = try OrganisationStore.named(word, in: db)
        try wer.verlange(.organisationAendern(organisation: organisation.id.rawValue), in: db)
        return organisation
    }
}
