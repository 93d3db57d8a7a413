#!/usr/bin/env python3
"""Eine Flut von Anfragen aus einem eigenen Prozess, damit sie das Messen nicht aufhält.

  last.py PORT VERBINDUNGEN SEKUNDEN SAAT PFAD

Im Pfad steht {wort} für ein zufälliges Wort. Ausgabe: eine Zeile JSON, wie oft welcher Status kam.
"""
import asyncio
import json
import random
import sys
import time
from collections import Counter

SILBEN = ["hund", "wohn", "geld", "pass", "bau", "amt", "steuer", "kind", "eltern", "schein", "melde", "gewerbe"]


async def flute(port, pfad, zufall, ende, antworten):
    leser = schreiber = None
    while time.monotonic() < ende:
        try:
            if schreiber is None:
                leser, schreiber = await asyncio.open_connection("127.0.0.1", port)
            wort = "".join(zufall.choices(SILBEN, k=zufall.randrange(1, 4))) + str(zufall.randrange(1000))
            schreiber.write(f"GET {pfad.format(wort=wort)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            kopf = (await asyncio.wait_for(leser.readuntil(b"\r\n\r\n"), 30)).decode("latin-1").lower()
            status = int(kopf.split(" ", 2)[1])
            await leser.readexactly(int(kopf.split("content-length:")[1].split("\r\n")[0]))
            antworten[str(status)] += 1
            if status >= 400 and "retry-after:" not in kopf:
                antworten["ohne Retry-After"] += 1
            if "connection: close" in kopf:
                schreiber.close()
                schreiber = None
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as fehler:
            antworten[type(fehler).__name__] += 1
            schreiber = None
            await asyncio.sleep(0.1)


async def main():
    port, zahl, sekunden, saat, pfad = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], sys.argv[5]
    antworten, ende = Counter(), time.monotonic() + sekunden
    await asyncio.gather(*(flute(port, pfad, random.Random(f"{saat} {n}"), ende, antworten) for n in range(zahl)))
    print(json.dumps(antworten))


asyncio.run(main())
