import Kernel
import Konten
import Nachnutzung
import Storage
import Umsetzung
import Verzeichnis
import Web
import Webhooks

/// Who acts for whom, on the page of an Organisation; the two rooms do not know each other.
struct DelegationAufOrganisation: OrganisationErgaenzung {
    func abschnitt(
        zu organisation: Organisation, person: Person?, am heute: Tag, in db: any SQLConnection
    ) throws -> Abschnitt? {
        try DelegationStore.abschnitt(organisation.id.rawValue, person: person, am: heute, in: db)
    }
}

/// Which programs are told of its changes, on the page of an Organisation.
struct WebhooksAufOrganisation: OrganisationErgaenzung {
    func abschnitt(
        zu organisation: Organisation, person: Person?, am heute: Tag, in db: any SQLConnection
    ) throws -> Abschnitt? {
        try Webhookabschnitt.abschnitt(organisation.id.rawValue, pfad: organisation.pfad, person: person, in: db)
    }
}

/// What happened to an Organisation, on its page.
struct VerlaufAufOrganisation: OrganisationErgaenzung {
    let erzaehlung: any Verlaufserzaehlung

    func abschnitt(
        zu organisation: Organisation, person: Person?, am heute: Tag, in db: any SQLConnection
    ) throws -> Abschnitt? {
        try erzaehlung.abschnitt(zu: .organisation(organisation.id.rawValue), person: person, in: db)
    }
}

extension Leitstand {
    /// Every room that keeps records of authorities: they follow when one goes on in another.
    static let nachfolgeteile: [any Nachfolgeteil] = [
        VerzeichnisNachfolge(), UmsetzungNachfolge(), DienstNachfolge(), AmtNachfolge(),
        WebhookNachfolge(),
    ]
}
