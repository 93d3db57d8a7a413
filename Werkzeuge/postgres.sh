# shellcheck shell=bash
# Ein eigener PostgreSQL-Cluster für die Dauer eines Testlaufs. Wird eingebunden, nicht aufgerufen.
# Nur über einen Unix-Socket im eigenen Ordner erreichbar: kein Port, der belegt sein könnte, kein Passwort.

PG_ORDNER=
PG_BENUTZER=()

postgres_starten() {
    local programme konto fluechtig="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    # Messungen sollen auf die Platte warten, Tests nicht.
    [ -z "${PG_DAUERHAFT:-}" ] || fluechtig=
    programme=$(find /usr/lib/postgresql -maxdepth 2 -name bin -type d 2>/dev/null | sort -V | tail -n 1)
    [ -n "$programme" ] || programme=$(dirname "$(command -v initdb || echo /nirgends/initdb)")
    if [ ! -x "$programme/initdb" ]; then
        echo "PostgreSQL fehlt: apt-get install -y --no-install-recommends postgresql" >&2
        return 1
    fi
    # Nicht unter TMPDIR: der Pfad eines Sockets darf höchstens 107 Zeichen haben.
    PG_ORDNER=$(mktemp -d /tmp/leitstand-pg.XXXXXX)
    if [ "$(id -u)" -eq 0 ]; then
        # PostgreSQL weigert sich, als root zu laufen.
        for konto in postgres nobody; do
            if id "$konto" >/dev/null 2>&1; then break; fi
        done
        chown "$konto" "$PG_ORDNER"
        PG_BENUTZER=(runuser -u "$konto" --)
    fi
    PG_CTL=("${PG_BENUTZER[@]}" "$programme/pg_ctl" -D "$PG_ORDNER/daten" -s)
    # In / kann jedes Konto stehen; im Heimatordner von root nicht.
    (
        cd /
        "${PG_BENUTZER[@]}" "$programme/initdb" -D "$PG_ORDNER/daten" -U leitstand -A trust --no-sync \
            --encoding=UTF8 --locale=C.UTF-8 >"$PG_ORDNER/initdb.log" 2>&1 &&
            "${PG_CTL[@]}" -l "$PG_ORDNER/server.log" -w -t 60 -o "-c listen_addresses='' \
                -c unix_socket_directories=$PG_ORDNER -c max_connections=200 $fluechtig \
                -c shared_buffers=64MB" start >/dev/null 2>&1
    ) || {
        cat "$PG_ORDNER"/*.log >&2
        return 1
    }
    export TEST_POSTGRES="host=$PG_ORDNER user=leitstand dbname=postgres"
}

postgres_beenden() {
    [ -n "$PG_ORDNER" ] || return 0
    (cd / && "${PG_CTL[@]}" -m immediate -w stop >/dev/null 2>&1) || true
    rm -rf "$PG_ORDNER"
    PG_ORDNER=
}
