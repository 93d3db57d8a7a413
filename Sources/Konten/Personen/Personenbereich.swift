import Kernel
import Storage
import Web

/// Where accounts are looked after: at one Organisation, or in the whole installation.
enum Personenbereich: Sendable, Equatable {
    case organisation(Behoerde)
    case installation

    var pfad: String {
        switch self {
        case .organisation(let behoerde): behoerde.personenpfad
        case .installation: "/betrieb/personen"
        }
    }

    var organisation: String? {
        if case .organisation(let behoerde) = self { behoerde.id } else { nil }
    }

    var name: String? {
        if case .organisation(let behoerde) = self { behoerde.name } else { nil }
    }

    var lesen: Recht { organisation.map { .organisationIntern(organisation: $0) } ?? .betrieb }
    var verwalten: Recht { organisation.map { .kontenVerwalten(organisation: $0) } ?? .betrieb }

    var bereich: String { organisation == nil ? "/betrieb" : "/organisationen" }

    var brotkrumen: [Krume] {
        switch self {
        case .organisation(let behoerde): behoerde.brotkrumen
        case .installation: Krume.administration + [Krume("Personen", pfad)]
        }
    }

    /// The roles that this person may give here.
    func vergebbar(_ person: Person?) -> [Rolle] {
        guard let organisation else { return Rolle.allCases }
        return Rolle.allCases.filter {
            !$0.giltUeberall && Rechte.darf(person, .rolleVergeben($0, organisation: organisation))
        }
    }
}

/// An invitation or a role as it was typed.
struct Vergabeform: Sendable {
    static let rolleFehlt = "Wählen Sie eine Rolle."

    var email = ""
    var name = ""
    var rolle = ""
    var organisation = ""
    var stelle = ""
    var vertretung = false

    init() {}

    init(_ felder: Abfrage) {
        email = felder.roh("email")
        name = felder.roh("name")
        rolle = felder.roh("rolle")
        organisation = felder.roh("organisation")
        stelle = felder.roh("stelle")
        vertretung = felder["vertretung"] == "ja"
    }

    /// The role as it is to be given.
    ///
    /// - Throws: `FormErrors` with a sentence for each field.
    func vergabe(
        _ bereich: Personenbereich, _ behoerden: any Behoerdenauskunft, in db: any SQLConnection
    ) throws -> Personenverwaltung.Vergabe {
        var errors = FormErrors()
        let role = Rolle(rawValue: rolle)
        if role == nil { errors.add("rolle", Vergabeform.rolleFehlt) }
        if let fault = Personenname.fehler(stelle.getrimmt) {
            errors.add("stelle", fault.replacing("Der Name", with: "Das Amt"))
        }
        var ort = bereich.organisation
        if bereich == .installation, !organisation.getrimmt.isEmpty {
            do { ort = try behoerden.behoerde(organisation.getrimmt, in: db).id } catch let refusal as Refusal {
                errors.add("organisation", refusal.message)
            }
        }
        if errors.isEmpty, let role {
            do { try Personenverwaltung.verlangeOrt(role, ort) } catch let refusal as Refusal {
                errors.add("rolle", refusal.message)
            }
        }
        guard errors.isEmpty, let role else { throw errors }
        let office = stelle.getrimmt
        return .init(Person.Amt(role, an: ort, vertretung: vertretung), stelle: office.isEmpty ? nil : office)
    }
}
