/// A JSON value of a form that the provider decides: the claims about a person.
indirect enum JSONWert: Codable, Sendable, Equatable {
    case text(String)
    case zahl(Double)
    case wahr(Bool)
    case liste([JSONWert])
    case objekt([String: JSONWert])
    case leer

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        // Each attempt that fails only says that the value is of another kind.
        if value.decodeNil() {
            self = .leer
        } else if let wahr = try? value.decode(Bool.self) {
            self = .wahr(wahr)
        } else if let zahl = try? value.decode(Double.self) {
            self = .zahl(zahl)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let liste = try? value.decode([JSONWert].self) {
            self = .liste(liste)
        } else {
            self = .objekt(try value.decode([String: JSONWert].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .text(let text): try value.encode(text)
        case .zahl(let zahl): try value.encode(zahl)
        case .wahr(let wahr): try value.encode(wahr)
        case .liste(let liste): try value.encode(liste)
        case .objekt(let objekt): try value.encode(objekt)
        case .leer: try value.encodeNil()
        }
    }

    subscript(_ name: String) -> JSONWert? {
        guard case .objekt(let felder) = self else { return nil }
        return felder[name]
    }

    /// What lies at the end of a path of names.
    subscript(_ pfad: [String]) -> JSONWert? {
        pfad.reduce(Optional(self)) { wert, name in wert?[name] }
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var zahl: Double? {
        guard case .zahl(let zahl) = self else { return nil }
        return zahl
    }

    /// The words that a value holds: its own text, or those of its list.
    var worte: [String] {
        switch self {
        case .text(let text): [text]
        case .wahr(let wahr): [wahr ? "true" : "false"]
        case .liste(let liste): liste.compactMap(\.text)
        case .zahl, .objekt, .leer: []
        }
    }
}
