import Katalog
import Kernel

/// How the values of an Umsetzungsliste are told in the Verlauf.
package struct WorteImVerlauf: Verlaufsworte {
    package init() {}

    package func wort(feld: String, wert: String) -> String? {
        switch feld {
        case "stand": Umsetzungsstand(rawValue: wert)?.wort
        case "variante": Variante(rawValue: wert)?.wort
        default: nil
        }
    }
}
