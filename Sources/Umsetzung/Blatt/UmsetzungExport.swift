import Formats
package import Storage
package import Verzeichnis
package import Web

/// Writes an Umsetzungsliste as the sheet that can be loaded again unchanged.
package enum UmsetzungExport {
    /// The rows of the filter in their order; `auswahl` says in words what the filter is.
    package static func tabelle(
        _ organisation: Organisation, _ filter: EintragFilter = EintragFilter(),
        auswahl: [(label: String, text: String)] = [], in db: any SQLConnection
    ) -> Tabelle {
        Tabelle("Umsetzung \(organisation.name)", Umsetzungsblatt.tabellenspalten, auswahl: auswahl) { add in
            var namen: [String: String] = [:]
            try EintragStore.forEach(filter, organisation: organisation.id, in: db) { eintrag in
                if let id = eintrag.inhalt.dienst, namen[id] == nil { namen[id] = try name(id, in: db) }
                try add(Umsetzungsblatt.zellen(eintrag, dienst: eintrag.inhalt.dienst.flatMap { namen[$0] }))
            }
        }
    }

    /// The name of a service, or its address where several have that name.
    private static func name(_ id: String, in db: any SQLConnection) throws -> String? {
        guard let dienst = try EintragStore.loesung(id, in: db) else { return nil }
        return try EintragStore.dienst(genannt: dienst.name, in: db)?.id == id ? dienst.name : dienst.slug
    }
}
