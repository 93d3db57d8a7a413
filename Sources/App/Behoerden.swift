package import Konten
package import Storage
import Verzeichnis

/// Tells the room of accounts which Organisation a word stands for.
package struct Behoerden: Behoerdenauskunft {
    package init() {}

    package func behoerde(_ wort: String, in db: any SQLConnection) throws -> Behoerde {
        let found = try OrganisationStore.named(wort, in: db)
        return Behoerde(id: found.id.rawValue, name: found.name, ars: found.ars)
    }
}
