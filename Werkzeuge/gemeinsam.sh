# shellcheck shell=bash
# Was ./run und ./test gemeinsam haben. Wird eingebunden, nicht aufgerufen.

# shellcheck disable=SC2034 # gebraucht, wo diese Datei eingebunden wird
WURZEL=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
HINTERGRUND=

# Was jeder Bau braucht; ./run, ./test, ./bench und Werkzeuge/deb installieren es.
# shellcheck disable=SC2034
BAUPAKETE=(libpq-dev libsqlite3-dev libxml2-dev libxlsxwriter-dev libcmark-dev libarchive-dev libqrencode-dev
    libcurl4-openssl-dev pkg-config
    ca-certificates git python3 python3-pip)

schritt() { printf '\n==> %s\n' "$*"; }
melden() { printf '    %s\n' "$*"; }
abbruch() {
    printf '\nFehler: %s\n' "$*" >&2
    exit 1
}

# Sekunden als „3 min 05 s“.
dauer() { if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi; }

hintergrund_beenden() {
    if [ -n "$HINTERGRUND" ]; then
        kill -- "-$HINTERGRUND" 2>/dev/null || true
        wait "$HINTERGRUND" 2>/dev/null || true
        HINTERGRUND=
    fi
}

swift_finden() {
    if ! command -v swift >/dev/null 2>&1; then
        if [ -x /opt/swift/usr/bin/swift ]; then
            export PATH="/opt/swift/usr/bin:$PATH"
        else
            abbruch "Swift fehlt. Leitstand braucht Swift 6.2 oder neuer im Suchpfad (PATH) oder unter /opt/swift." \
                "Anleitung: https://www.swift.org/install/linux/"
        fi
    fi
    local fassung
    fassung=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
    local gross=${fassung% *} klein=${fassung#* }
    if [ -n "$fassung" ] && { ((gross < 6)) || { ((gross == 6)) && ((klein < 2)); }; }; then
        abbruch "Gefunden wurde Swift $gross.$klein, Leitstand braucht 6.2 oder neuer:" \
            "https://www.swift.org/install/linux/"
    fi
}

# Ein Eintrag ist ein Debian-Paket, auf Wunsch mit dem Befehl, der es ersetzt: „chromium:chromium“.
pakete_fehlend() {
    local eintrag paket
    for eintrag in "$@"; do
        paket=${eintrag%%:*}
        if dpkg-query -W -f='${db:Status-Status}' "$paket" 2>/dev/null | grep -qx installed; then continue; fi
        if [ "$eintrag" != "$paket" ] && command -v "${eintrag#*:}" >/dev/null 2>&1; then continue; fi
        printf '%s\n' "$paket"
    done
}

pakete_sichern() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        melden "Dies ist kein Debian: die Pakete werden nicht geprüft. Gebraucht werden: ${*%%:*}"
        return 0
    fi
    local fehlend
    mapfile -t fehlend < <(pakete_fehlend "$@")
    if ((${#fehlend[@]} == 0)); then
        melden "Alle Pakete sind da."
        return 0
    fi
    local zeile="apt-get install -y --no-install-recommends ${fehlend[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        abbruch "Es fehlen Debian-Pakete. Bitte einmal als root ausführen und dann von vorn beginnen:"$'\n\n'"  $zeile"
    fi
    melden "$zeile"
    local protokoll
    protokoll=$(mktemp)
    export DEBIAN_FRONTEND=noninteractive
    if ! apt-get update -q >"$protokoll" 2>&1 </dev/null; then
        melden "Die Paketlisten ließen sich nicht ganz auffrischen; es geht mit den vorhandenen weiter."
    fi
    if ! apt-get install -q -y --no-install-recommends "${fehlend[@]}" >>"$protokoll" 2>&1 </dev/null; then
        tail -n 15 "$protokoll" >&2
        abbruch "Die Pakete ließen sich nicht installieren (ganzes Protokoll: $protokoll)."
    fi
    rm -f "$protokoll"
}

# Eine Zeile Fortschritt aus dem Protokoll von SwiftPM: „[120/930] …“ und die Hochrechnung daraus.
fortschritt_zeile() { # Protokoll, vergangene Sekunden
    local zaehler fertig alle
    if grep -q '^Build complete!' "$1" && grep -q '^◇ Test run started' "$1"; then
        melden "$(dauer "$2"): Tests laufen, $(grep -c '^✔ Test "' "$1") sind fertig"
        return
    fi
    zaehler=$(tail -c 20000 "$1" 2>/dev/null | grep -oE '^\[[0-9]+/[0-9]+\]' | tail -n 1 | tr -d '[]') || true
    fertig=${zaehler%/*} alle=${zaehler#*/}
    if [ -z "$zaehler" ]; then
        melden "$(dauer "$2"): Abhängigkeiten werden geladen und geplant"
    elif ((alle < 20 || fertig * 100 < alle * 8)); then
        melden "$(dauer "$2"): Schritt $fertig von $alle"
    elif ((fertig * 100 >= alle * 95)); then
        melden "$(dauer "$2"): Schritt $fertig von $alle; die letzten Schritte sind die längsten, noch einige Minuten"
    else
        # Die letzten Schritte (ganze Module, Zusammenbau) dauern gemessen so lange wie alle davor.
        local davor=$(($2 * alle / fertig))
        local rest=$((davor - $2 + davor))
        melden "$(dauer "$2"): Schritt $fertig von $alle, noch etwa $(dauer "$rest") (grob geschätzt)"
    fi
}

# Führt einen langen Befehl aus, schreibt alles ins Protokoll und alle 20 Sekunden eine Zeile.
mit_fortschritt() { # Protokoll, Befehl …
    local protokoll=$1 beginn=$SECONDS naechste=20 ergebnis=0
    shift
    # Eigene Gruppe: ein Abbruch soll auch die Kinder von SwiftPM beenden.
    setsid "$@" >"$protokoll" 2>&1 </dev/null &
    HINTERGRUND=$!
    while kill -0 "$HINTERGRUND" 2>/dev/null; do
        sleep 0.5
        if ((SECONDS - beginn >= naechste)); then
            fortschritt_zeile "$protokoll" $((SECONDS - beginn))
            naechste=$((naechste + 20))
        fi
    done
    wait "$HINTERGRUND" || ergebnis=$?
    HINTERGRUND=
    return "$ergebnis"
}
