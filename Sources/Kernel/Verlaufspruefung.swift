package import Storage

/// Recomputes every seal of the Verlauf in one snapshot; what it holds grows with the chains, not with the lines.
package enum Verlaufspruefung {
    /// How long a line may wait for its seal, in seconds.
    package static let wartezeit = 3_600
    private static let tag = 86_400

    /// Lines that a check has to recompute.
    package static func umfang(in db: any SQLConnection) throws -> Int {
        try db.value("SELECT count(*) FROM verlauf_siegel") ?? 0
    }

    /// `anker` are ends of chains that were kept outside, by chain; `gelesen` hears now and then how many lines are done.
    package static func pruefe(
        anker: [String: Verlaufsende] = [:], jetzt: Instant, in db: any SQLConnection,
        gelesen: (Int) -> Void = { _ in }
    ) throws -> Verlaufsbefund {
        var lauf = Lauf(anker: anker, enden: [:])
        for ende in try db.all("SELECT \(Verlaufsende.columns) FROM verlauf_kette", as: Verlaufsende.self) {
            lauf.enden[ende.kette] = ende
        }
        try db.forEach(
            """
            SELECT \(Verlaufssiegel.columns), verlauf_siegel.zeile AS s_zeile, \(Verlaufszeile.columns)
            FROM verlauf_siegel LEFT JOIN verlauf ON verlauf.id = verlauf_siegel.zeile
            ORDER BY verlauf_siegel.kette, verlauf_siegel.nummer
            """
        ) { row in
            let vorhanden: String? = try row["id"]
            lauf.nimm(
                try Verlaufssiegel(row: row),
                // A line with values of a foreign kind is no line that was ever sealed.
                zeile: vorhanden == nil ? nil : .some(try? Verlaufszeile(row: row)), id: try row["s_zeile"])
            if lauf.befund.versiegelt % 1_000 == 0 { gelesen(lauf.befund.versiegelt) }
        }
        lauf.beende()
        try db.forEach(
            """
            SELECT \(Verlaufszeile.columns) FROM verlauf
            WHERE NOT EXISTS (SELECT 1 FROM verlauf_siegel WHERE verlauf_siegel.zeile = verlauf.id)
            ORDER BY verlauf.id
            """
        ) { row in lauf.nimm(unversiegelt: try Verlaufszeile(row: row), jetzt: jetzt) }
        lauf.vergleicheAnfaenge()
        return lauf.befund
    }

    /// The walk along the chains, one line at a time.
    private struct Lauf {
        let anker: [String: Verlaufsende]
        var enden: [String: Verlaufsende]
        var befund = Verlaufsbefund()
        private var gesehen: Set<String> = []
        private var kette: String?
        private var erwartet = 1
        private var vorher: [UInt8]?
        private var letztes: Verlaufssiegel?
        /// Beginnings that a line of the chain gives up: chain, number and seal.
        private var kuerzungen: Set<[String]> = []

        init(anker: [String: Verlaufsende], enden: [String: Verlaufsende]) { (self.anker, self.enden) = (anker, enden) }

        /// - Parameter zeile: nil where the line is gone, a nil inside where it cannot be read.
        mutating func nimm(_ siegel: Verlaufssiegel, zeile: Verlaufszeile??, id: String) {
            if siegel.kette != kette { beginne(siegel.kette) }
            befund.versiegelt += 1
            if siegel.nummer != erwartet {
                // One fault for the whole gap, at its beginning.
                befund.melde(.luecke, siegel.kette, min(erwartet, siegel.nummer), am: siegel.am)
                vorher = nil
            }
            switch zeile {
            case nil: befund.melde(.entfernt, siegel.kette, siegel.nummer, am: siegel.am, zeile: id)
            case .some(nil): befund.melde(.veraendert, siegel.kette, siegel.nummer, am: siegel.am, zeile: id)
            case .some(let zeile?):
                if let vorher {
                    let soll = Verlaufssiegel.berechne(
                        nach: vorher, zeile, kette: siegel.kette, nummer: siegel.nummer, am: siegel.am)
                    if soll != siegel.siegel {
                        befund.melde(.veraendert, siegel.kette, siegel.nummer, am: siegel.am, zeile: id)
                    }
                }
                merke(zeile)
                // Without arithmetic that a foreign number could break.
                if zeile.am.plus(sekunden: Verlaufspruefung.tag) < siegel.am {
                    befund.verspaetet += 1
                    if befund.ersteVerspaetete == nil { befund.ersteVerspaetete = siegel }
                }
            }
            if let anker = anker[siegel.kette], anker.nummer == siegel.nummer, anker.siegel != siegel.siegel {
                befund.melde(.anker, siegel.kette, siegel.nummer, am: siegel.am, zeile: id)
            }
            (vorher, letztes) = (siegel.siegel, siegel)
            erwartet = siegel.nummer &+ 1
        }

        mutating func nimm(unversiegelt zeile: Verlaufszeile, jetzt: Instant) {
            merke(zeile)
            if zeile.am.plus(sekunden: Verlaufspruefung.wartezeit) < jetzt {
                befund.melde(.unversiegelt, zeile.kette, nil, am: zeile.am, zeile: zeile.id)
            } else {
                befund.wartend += 1
            }
        }

        private mutating func merke(_ zeile: Verlaufszeile) {
            guard zeile.art == Verlauf.Art.verlaufGekuerzt.rawValue, let siegel = zeile.von, let nummer = zeile.nach
            else { return }
            kuerzungen.insert([zeile.kette, nummer, siegel])
        }

        private mutating func beginne(_ name: String) {
            schliesse()
            kette = name
            gesehen.insert(name)
            befund.ketten += 1
            let gekuerzt = enden[name]?.gekuerzt
            erwartet = (gekuerzt?.nummer ?? 0) + 1
            vorher = gekuerzt?.siegel ?? Verlaufssiegel.anfang
            letztes = nil
        }

        /// Compares the last line of the chain with the end that is noted and with the one that was kept outside.
        private mutating func schliesse() {
            guard let kette else { return }
            let letzte = letztes?.nummer ?? 0
            if let ende = enden[kette] {
                if letzte < ende.nummer {
                    befund.melde(.ende, kette, letzte + 1, am: ende.am)
                } else if letzte > ende.nummer {
                    befund.melde(.angehaengt, kette, ende.nummer + 1, am: letztes?.am)
                } else if letztes?.siegel != ende.siegel {
                    befund.melde(.ende, kette, letzte, am: letztes?.am)
                }
            } else {
                befund.melde(.angehaengt, kette, 1, am: letztes?.am)
            }
            if let anker = anker[kette], letzte < anker.nummer, letzte >= enden[kette]?.nummer ?? 0 {
                befund.melde(.anker, kette, letzte + 1, am: anker.am)
            }
        }

        /// After the last line: chains of which nothing is left.
        mutating func beende() {
            schliesse()
            kette = nil
            for name in Set(enden.keys).union(anker.keys).subtracting(gesehen).sorted() {
                let ende = enden[name]
                if let ende, ende.gekuerzt?.nummer == ende.nummer {
                    befund.ketten += 1
                } else if let ende {
                    befund.melde(.ende, name, (ende.gekuerzt?.nummer ?? 0) + 1, am: ende.am)
                    continue
                }
                if let anker = anker[name], anker.nummer > ende?.nummer ?? 0 {
                    befund.melde(.anker, name, (ende?.nummer ?? 0) + 1, am: anker.am)
                }
            }
            befund.enden = enden.values.sorted { $0.kette < $1.kette }
            befund.verjaehrteAnker = anker.values.count { anker in
                anker.nummer <= enden[anker.kette]?.gekuerzt?.nummer ?? 0
            }
        }

        /// A beginning may be missing only where a line says so.
        mutating func vergleicheAnfaenge() {
            for ende in befund.enden {
                guard let (nummer, siegel) = ende.gekuerzt else { continue }
                guard !kuerzungen.contains([ende.kette, String(nummer), siegel.hex]) else { continue }
                befund.melde(.anfang, ende.kette, nummer, am: ende.am)
            }
        }
    }
}
