"""Das Verzeichnis der Prüfungen: jede Funktion eine Regel, in der Reihenfolge, in der sie geschrieben stehen."""

PRUEFUNGEN = []


class Uebersprungen(Exception):
    """Diese Prüfung gilt hier nicht; der Text sagt, warum."""


def pruefung(funktion):
    """Nimmt die Funktion ins Verzeichnis auf; sie bekommt die `Umgebung`."""
    PRUEFUNGEN.append((f"{funktion.__module__}.{funktion.__name__}", funktion))
    return funktion


class Umgebung:
    """Was jede Prüfung benutzt: der Server mit seinen Daten, der Browser und ein Ordner für Dateien."""

    def __init__(self, server, browser, ordner, ablage):
        self.server, self.browser, self.ordner, self.ablage = server, browser, ordner, ablage
