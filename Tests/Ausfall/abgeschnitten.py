"""Wer tröpfelt oder nicht liest, wird getrennt; die langsamen Clients laufen seit `langsam`."""
from langsam import ZUGABE, zeitlupe
from pruefung import pruefung
from welt import nur_lang


def wird_getrennt(u, art, mindestens):
    wann, grenze = zeitlupe(u).wartet(art)
    offen = sum(w is None for w in wann)
    assert not offen, f"{offen} von {len(wann)} sind nach {grenze + ZUGABE} s noch verbunden (Grenze {grenze} s)"
    assert min(wann) >= mindestens, f"zu früh getrennt, nach {min(wann):.1f} s"
    u.sage(f"{len(wann)} Verbindungen nach {min(wann):.0f} bis {max(wann):.0f} s getrennt")


@pruefung
def wer_den_kopf_troepfelt_wird_getrennt(u):
    wird_getrennt(u, "kopf", 5)


@pruefung
def wer_den_koerper_troepfelt_wird_getrennt(u):
    wird_getrennt(u, "koerper", 5)


@pruefung
def wer_die_antwort_nicht_liest_wird_getrennt(u):
    wird_getrennt(u, "abnahme", 5)


@pruefung
@nur_lang
def wer_nur_verbunden_ist_wird_getrennt(u):
    wird_getrennt(u, "leerlauf", 20)
