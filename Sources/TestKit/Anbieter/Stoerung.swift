/// One thing that the provider of the tests does wrong.
package enum Stoerung: String, CaseIterable, Sendable {
    // In the token.
    case falscheNonce, keineNonce, fremderEmpfaenger, fremderAzp, mehrereOhneAzp, abgelaufen, ohneEnde
    case ausDerZukunft, vonGestern, nochNichtGueltig
    case fremderAussteller, falscherAtHash, ohneSubjekt, langesSubjekt
    case ohneVerfahren, hmacMitOeffentlichemSchluessel, fremderSchluessel, unbekannterSchluessel
    case nichtAngekuendigtesVerfahren, pflichtfeld, ohneSignatur, keinToken, keinJSON
    // On the way.
    case anderswo, langsam, riesig, fehler500, ausweisAbgelehnt, codeAbgelehnt
    // On the way back.
    case falschesIss, ohneIss, abgebrochen, unbekannterFehler
    // In what the provider says about itself.
    case auskunftFremd, auskunftRiesig, auskunftUmgeleitet, auskunftKaputt, schluesselKaputt, schluesselLeer
    case fremderTokenrechner
    // When asked about the person.
    case auskunftUeberAndere
}
