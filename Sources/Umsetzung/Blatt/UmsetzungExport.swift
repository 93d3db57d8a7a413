import Formats
package import Storage
package import Verzeichnis
import Web

/// Writes an Umsetzungsliste as the sheet that can be loaded again unchanged.
package enum UmsetzungExport {
    /// The rows of the filter as CSV; one consistent snapshot.
    package static func csv(
        organisation: Organisation.ID, filter: EintragFilter = EintragFilter(), in db: any SQLConnection
    ) throws -> [UInt8] {
        var writer = CSVWriter()
        writer.row(Umsetzungsblatt.spalten)
        let all = try EintragStore.page(
            filter, Seite(nummer: 1, groesse: Int(Int32.max)), organisation: organisation, in: db)
        let names = try dienstnamen(all, in: db)
        for eintrag in all {
            writer.row(Umsetzungsblatt.felder(eintrag, dienst: eintrag.inhalt.dienst.flatMap { names[$0] }))
        }
        return writer.take()
    }

    /// The name of a service, or its address where several have that name.
    private static func dienstnamen(_ all: [Umsetzungseintrag], in db: any SQLConnection) throws -> [String: String] {
        var names: [String: String] = [:]
        for dienst in try EintragStore.dienste(Set(all.compactMap(\.inhalt.dienst)).sorted(), in: db).values {
            let found = try EintragStore.dienst(genannt: dienst.name, in: db)
            names[dienst.id] = found?.id == dienst.id ? dienst.name : dienst.slug
        }
        return names
    }
}
