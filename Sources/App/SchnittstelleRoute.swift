import HTTPTypes
import Hummingbird
import Web

/// Serves the JSON interface as a page for people, made of the routes registered before it.
struct SchnittstelleRoute {
    let site: Site
    let schemas: [APISchema]
    /// Names of the nouns by their path.
    let namen: [Verweis]

    func add(to routes: inout Routes) {
        let operationen = routes.table.compactMap(\.operation)
        let suche = Beispielsuche(operationen, antworten: routes.antworten())
        routes.get("/schnittstelle") { [site, schemas, namen] _, context in
            let beispiele = await suche.adressen(context)
            let page = SchnittstelleSeite(
                operationen: operationen, schemas: schemas, namen: namen, basis: site.grundadresse.text(context),
                beispiele: beispiele.werte)
            var response = try site.render(page, context)
            // What failed just now must not be missing until the data changes.
            if !beispiele.vollstaendig { response.headers[.cacheControl] = "no-store" }
            return response
        }
    }
}
