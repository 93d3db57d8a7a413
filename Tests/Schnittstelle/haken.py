"""Was schemathesis über Leitstand wissen muss; SCHEMATHESIS_HOOKS nennt diese Datei."""
import schemathesis
from schemathesis.core.failures import Failure

KOEPFE = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Abgelehnt(Failure):
    """Die Beschreibung erlaubt die Anfrage, die Route nicht."""


class Ungeschuetzt(Failure):
    """Einer Antwort fehlt ein Kopf, der ihre Leserin schützt."""


def fortsetzung(case):
    """Woher eine Fortsetzung stammt, kann kein Schema sagen: eine fremde wird zu Recht abgelehnt."""
    return "weiter" in (case.query or {})


@schemathesis.check
def gueltiges_wird_angenommen(ctx, response, case):
    if case.meta is None or not case.meta.generation.mode.is_positive or fortsetzung(case):
        return
    if response.status_code in (400, 415, 422):
        # Eine Anfrage kann richtig geformt und trotzdem nicht möglich sein; nur wer etwas ändert, erfährt das so.
        if response.status_code == 422 and "422" in case.operation.definition.raw["responses"]:
            return
        raise Abgelehnt(operation=case.operation.label, title="Gültiges abgelehnt",
                        message=f"{response.status_code}: {response.text[:300]}")


@schemathesis.check
def antworten_sind_geschuetzt(ctx, response, case):
    fehlt = [name for name, anfang in KOEPFE.items()
             if not (response.headers.get(name) or [""])[0].startswith(anfang)]
    if fehlt:
        raise Ungeschuetzt(operation=case.operation.label, title="Kopf fehlt", message=", ".join(fehlt))
