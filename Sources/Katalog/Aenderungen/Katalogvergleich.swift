import Kernel
package import Storage
import Web

/// The difference between two Katalogstände as they were loaded; what happened only in between does not count.
package struct Katalogvergleich: Sendable, Equatable {
    package let von: Int
    package let bis: Int
    /// In the order of lists.
    package let aenderungen: [Katalogaenderung]

    /// 0 stands for the time before the first Katalogstand.
    package init(von: Int, bis: Int, in db: any SQLConnection) throws {
        (self.von, self.bis) = (von, bis)
        guard von < bis else {
            aenderungen = []
            return
        }
        let (alteOZG, neueOZG) = (try FassungStore.ozg(im: von, in: db), try FassungStore.ozg(im: bis, in: db))
        let (alte, neue) = (
            try FassungStore.leistungen(im: von, zwischen: (von, bis), in: db),
            try FassungStore.leistungen(im: bis, zwischen: (von, bis), in: db)
        )
        var found: [Katalogaenderung] = []
        for id in Set(alteOZG.keys).union(neueOZG.keys) {
            if let one = Katalogvergleich.ozg(id, alteOZG[id], neueOZG[id]) { found.append(one) }
        }
        for id in Set(alte.keys).union(neue.keys) {
            if let one = Katalogvergleich.leistung(id, alte[id], neue[id], alteOZG, neueOZG) { found.append(one) }
        }
        aenderungen = found.sorted(by: <)
    }

    private static func ozg(_ id: String, _ alt: OZGFassung?, _ neu: OZGFassung?) -> Katalogaenderung? {
        guard let last = neu ?? alt else { return nil }
        let felder = [
            Katalogaenderung.Feld(.name, alt?.name, neu?.name),
            .init(.lage, alt?.lage?.name, neu?.lage?.name),
            .init(.themenfeld, alt?.themenfeld?.name, neu?.themenfeld?.name),
        ].compactMap { $0 }
        return aenderung(
            .ozg, id, last.name, vorher: alt != nil, nachher: neu != nil, felder, (alt?.themenfeld, neu?.themenfeld))
    }

    private static func leistung(
        _ id: String, _ alt: LeistungFassung?, _ neu: LeistungFassung?, _ alteOZG: [String: OZGFassung],
        _ neueOZG: [String: OZGFassung]
    ) -> Katalogaenderung? {
        guard let last = neu ?? alt else { return nil }
        let (alterBund, neuerBund) = (
            alt?.ozgID.flatMap { alteOZG[$0] }, neu?.ozgID.flatMap { neueOZG[$0] }
        )
        func bund(_ id: String?, _ fassung: OZGFassung?) -> String? {
            id.map { id in fassung.map { "\($0.name) (\(id))" } ?? id }
        }
        let felder = [
            Katalogaenderung.Feld(.name, alt?.name, neu?.name),
            typ(alt?.typen, neu?.typen),
            .init(
                .ozgId, alt?.ozgID, neu?.ozgID, text: (bund(alt?.ozgID, alterBund), bund(neu?.ozgID, neuerBund))),
            .init(.rechtsgrundlage, alt?.rechtsgrundlage, neu?.rechtsgrundlage),
        ].compactMap { $0 }
        return aenderung(
            .leistung, id, last.name, vorher: alt != nil, nachher: neu != nil, felder,
            (alterBund?.themenfeld, neuerBund?.themenfeld))
    }

    /// Codes in another order say the same.
    private static func typ(_ alt: String?, _ neu: String?) -> Katalogaenderung.Feld? {
        guard Set(Typisierung.codes(alt ?? "")) != Set(Typisierung.codes(neu ?? "")) else { return nil }
        return .init(.typ, alt.flatMap { $0.isEmpty ? nil : $0 }, neu.flatMap { $0.isEmpty ? nil : $0 })
    }

    private static func aenderung(
        _ gegenstand: Katalogaenderung.Gegenstand, _ id: String, _ name: String, vorher: Bool, nachher: Bool,
        _ felder: [Katalogaenderung.Feld], _ themenfelder: (Einordnung?, Einordnung?)
    ) -> Katalogaenderung? {
        let art: Katalogaenderung.Art = !vorher ? .neu : !nachher ? .entfallen : .geaendert
        if art == .geaendert, felder.isEmpty { return nil }
        return Katalogaenderung(
            gegenstand: gegenstand, art: art, id: id, name: name, sortname: Faltung.sort(name),
            themenfeld: nachher ? themenfelder.1 : themenfelder.0,
            themenfelder: Set([themenfelder.0, themenfelder.1].compactMap { $0?.slug }),
            felder: art == .geaendert ? felder : [])
    }
}

extension Katalogvergleich {
    /// How many there are of each kind.
    func zahl(_ gegenstand: Katalogaenderung.Gegenstand, _ art: Katalogaenderung.Art) -> Int {
        aenderungen.count { $0.gegenstand == gegenstand && $0.art == art }
    }

    func eingeschraenkt(auf filter: Aenderungsfilter) -> Katalogvergleich {
        Katalogvergleich(von: von, bis: bis, aenderungen: aenderungen.filter(filter.passt))
    }

    private init(von: Int, bis: Int, aenderungen: [Katalogaenderung]) {
        (self.von, self.bis, self.aenderungen) = (von, bis, aenderungen)
    }
}

/// What narrows a list of changes.
struct Aenderungsfilter: Sendable, Equatable {
    var gegenstand: Katalogaenderung.Gegenstand?
    var art: Katalogaenderung.Art?
    var themenfeld: String?

    func passt(_ aenderung: Katalogaenderung) -> Bool {
        (gegenstand == nil || aenderung.gegenstand == gegenstand) && (art == nil || aenderung.art == art)
            && (themenfeld.map(aenderung.themenfelder.contains) ?? true)
    }
}
