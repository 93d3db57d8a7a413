"""Dienste neben dem Server: ein S3-Speicher (moto) und ein Virenscanner (clamd), beide als eigene Prozesse."""
import hashlib
import http.client
import json
import shutil
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

from anbieter import eigenes_zertifikat
from pruefung import Uebersprungen
from server import Gescheitert

# Jeder Scanner erkennt diesen Text; hier steht er zerlegt, damit keiner diese Datei meldet.
EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + "!$H+H*").encode()


def freier_port():
    with socket.socket() as frei:
        frei.bind(("127.0.0.1", 0))
        return frei.getsockname()[1]


class Bucket:
    """Ein Bucket in moto, das jede Unterschrift nachrechnet, hinter einem Zertifikat der eigenen Stelle."""

    NAME = "leitstand-pruefung"

    def __init__(self, ordner):
        self.port = freier_port()
        self.zertifikat = str(eigenes_zertifikat(ordner))
        with open(ordner / "moto.log", "ab") as log:
            self.prozess = subprocess.Popen(
                [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(self.port),
                 "-c", self.zertifikat, "-k", self.zertifikat],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._warte()
        import boto3
        from botocore.config import Config

        angaben = {"endpoint_url": f"https://localhost:{self.port}", "region_name": "eu-central-1", "verify": self.zertifikat,
                   "config": Config(s3={"addressing_style": "path"}, proxies={}),
                   "aws_access_key_id": "pruefung", "aws_secret_access_key": "pruefung"}
        iam = boto3.client("iam", **angaben)
        iam.create_user(UserName="leitstand")
        iam.put_user_policy(UserName="leitstand", PolicyName="s3", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
        zugang = iam.create_access_key(UserName="leitstand")["AccessKey"]
        self.schluessel, self.geheimnis = zugang["AccessKeyId"], zugang["SecretAccessKey"]
        boto3.client("s3", **angaben).create_bucket(
            Bucket=self.NAME, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        # Von jetzt an gilt nur noch, was richtig unterschrieben ist.
        self._stelle(b"0")
        self.s3 = boto3.client("s3", **(angaben | {"aws_access_key_id": self.schluessel,
                                                   "aws_secret_access_key": self.geheimnis}))

    def _stelle(self, zahl):
        verbindung = http.client.HTTPSConnection(
            "localhost", self.port, timeout=10, context=ssl.create_default_context(cafile=self.zertifikat))
        verbindung.request("POST", "/moto-api/reset-auth", body=zahl)
        assert verbindung.getresponse().status == 200
        verbindung.close()

    def _warte(self):
        ende = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if self.prozess.poll() is not None or time.monotonic() > ende:
                    raise Gescheitert("moto startete nicht") from None
                time.sleep(0.1)

    def adresse(self, geheimnis=None):
        geheim = (geheimnis or self.geheimnis).replace("/", "%2F").replace("+", "%2B")
        return f"https://{self.schluessel}:{geheim}@localhost:{self.port}/{self.NAME}?region=eu-central-1"

    def inhalte(self):
        return [eintrag["Key"] for eintrag in self.s3.list_objects_v2(Bucket=self.NAME).get("Contents", [])]

    def beenden(self):
        if self.prozess.poll() is None:
            self.prozess.terminate()
            self.prozess.wait(20)


class Scanner:
    """Ein clamd mit einer eigenen, winzigen Liste: sie kennt allein die Prüfdatei EICAR."""

    def __init__(self, ordner):
        programm = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
        if programm is None:
            raise Uebersprungen("clamd ist nicht da (Debian: clamav-daemon)")
        ordner.mkdir()
        self.programm, self.ordner = programm, ordner
        self.sockel = Path(f"/tmp/leitstand-clamd-{freier_port()}.ctl")  # Namen von Sockeln sind kurz
        liste = ordner / "liste"
        liste.mkdir()
        (liste / "eicar.hdb").write_text(f"{hashlib.md5(EICAR).hexdigest()}:{len(EICAR)}:Eicar-Pruefung\n")
        self.angaben = ordner / "clamd.conf"
        self.angaben.write_text(
            f"DatabaseDirectory {liste}\nLocalSocket {self.sockel}\nForeground yes\nStreamMaxLength 1M\nMaxThreads 2\n"
            f"LogFile {ordner / 'clamd.log'}\nTemporaryDirectory {ordner}\n")
        self.prozess = None
        self.starten()

    def starten(self):
        with open(self.ordner / "ausgabe.log", "ab") as log:
            self.prozess = subprocess.Popen([self.programm, "--config-file", str(self.angaben)],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        ende = time.monotonic() + 60
        while not self.sockel.exists():
            if self.prozess.poll() is not None or time.monotonic() > ende:
                raise Gescheitert("clamd startete nicht: " + (self.ordner / "ausgabe.log").read_text()[-500:])
            time.sleep(0.1)

    @property
    def adresse(self):
        return f"unix:{self.sockel}"

    def beenden(self):
        if self.prozess.poll() is None:
            self.prozess.terminate()
            self.prozess.wait(20)
        self.sockel.unlink(missing_ok=True)
