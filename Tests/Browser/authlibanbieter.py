"""Ein Identitätsanbieter aus Authlib: eine fremde Umsetzung von OAuth 2, PKCE und OpenID Connect."""
import logging
import os
import threading
import time
import uuid

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # nur auf diesem Rechner

from authlib.integrations.flask_oauth2 import AuthorizationServer  # noqa: E402
from authlib.oauth2.rfc6749 import ClientMixin, grants  # noqa: E402
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin  # noqa: E402
from authlib.oauth2.rfc7636 import CodeChallenge  # noqa: E402
from authlib.oidc.core import OpenIDCode, UserInfo  # noqa: E402
from flask import Flask, jsonify, request  # noqa: E402
from joserfc.jwk import ECKey, OKPKey, RSAKey  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

logging.getLogger("werkzeug").setLevel(logging.ERROR)  # jede Anfrage zu nennen hilft niemandem
KENNUNG = "leitstand"


class Kundin(ClientMixin):
    """Die Installation, wie der Anbieter sie kennt."""

    def __init__(self, anbieter):
        self.anbieter = anbieter
        self.id_token_signed_response_alg = None

    def get_client_id(self):
        return KENNUNG

    def get_default_redirect_uri(self):
        return self.anbieter.rueckadresse

    def get_allowed_scope(self, scope):
        return " ".join(s for s in (scope or "").split() if s in ("openid", "email", "profile"))

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.anbieter.rueckadresse

    def check_client_secret(self, client_secret):
        return client_secret == self.anbieter.geheimnis

    def check_endpoint_auth_method(self, method, endpoint):
        return method in self.anbieter.ausweise

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    def __init__(self, code, frage, person):
        daten = frage.payload.data
        self.code, self.person, self.zeit = code, person, int(time.time())
        self.redirect_uri, self.scope = daten.get("redirect_uri"), daten.get("scope")
        self.nonce = daten.get("nonce")
        self.code_challenge = daten.get("code_challenge")
        self.code_challenge_method = daten.get("code_challenge_method")

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.zeit

    def get_acr(self):
        return None

    def get_amr(self):
        return ["pwd", "otp"]


class Anbieter:
    """Läuft in einem eigenen Faden auf einem freien Port; die Person stimmt immer zu."""

    def __init__(self, rueckadresse):
        self.rueckadresse, self.geheimnis = rueckadresse, uuid.uuid4().hex + ":&%+ ü"
        self.ausweise = ["client_secret_basic"]
        self.verfahren = "RS256"
        self.person = {"sub": "s-1", "email": "k@duelmen.example", "email_verified": True, "name": "K. Beispiel",
                       "gruppen": ["ozg-koordination"]}
        self.schluessel = {
            "RS256": RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"}),
            "ES256": ECKey.generate_key("P-256", {"kid": "e1", "use": "sig"}),
            "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "o1", "use": "sig"}),
        }
        self.schluessel["PS256"] = self.schluessel["RS256"]
        self.codes, self.benutzt, self.marken = {}, [], []
        self.app = self._app()
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.aussteller = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def drehen(self):
        self.schluessel["RS256"] = RSAKey.generate_key(2048, {"kid": "r2", "use": "sig"})

    def beenden(self):
        self.server.shutdown()

    def _app(self):
        anbieter, app = self, Flask("anbieter")
        kundin = Kundin(self)

        class CodeGrant(grants.AuthorizationCodeGrant):
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]

            def save_authorization_code(self, code, request):
                anbieter.codes[code] = Code(code, request, anbieter.person)

            def query_authorization_code(self, code, client):
                return anbieter.codes.get(code)

            def delete_authorization_code(self, authorization_code):
                anbieter.benutzt.append(authorization_code.code)
                del anbieter.codes[authorization_code.code]

            def authenticate_user(self, authorization_code):
                return authorization_code.person

        class OpenID(OpenIDCode):
            def exists_nonce(self, nonce, request):
                return any(c.nonce == nonce for c in anbieter.codes.values())

            def resolve_client_private_key(self, client):
                return anbieter.schluessel[anbieter.verfahren]

            def get_client_algorithm(self, client):
                return anbieter.verfahren

            def get_encode_header(self, client):
                return {"alg": anbieter.verfahren, "kid": anbieter.schluessel[anbieter.verfahren].kid}

            def get_client_claims(self, client):
                return {"iss": anbieter.aussteller, "aud": [KENNUNG]}

            def generate_user_info(self, user, scope):
                return UserInfo(**user)

        server = AuthorizationServer(
            app, query_client=lambda kennung: kundin if kennung == KENNUNG else None,
            save_token=lambda token, request: anbieter.marken.append(token["access_token"]))
        server.register_grant(CodeGrant, [OpenID(require_nonce=True), CodeChallenge(required=True)])

        @app.get("/.well-known/openid-configuration")
        def auskunft():
            return jsonify(
                issuer=self.aussteller, authorization_endpoint=self.aussteller + "/authorize",
                token_endpoint=self.aussteller + "/token", jwks_uri=self.aussteller + "/jwks",
                response_types_supported=["code"], subject_types_supported=["public"],
                id_token_signing_alg_values_supported=["RS256", "PS256", "ES256", "EdDSA"],
                token_endpoint_auth_methods_supported=self.ausweise, code_challenge_methods_supported=["S256"])

        @app.get("/jwks")
        def schluessel():
            verschiedene = {s.kid: s.as_dict(private=False) for s in self.schluessel.values()}
            return jsonify(keys=list(verschiedene.values()))

        @app.get("/authorize")
        def zustimmen():
            grant = server.get_consent_grant(end_user=self.person)
            return server.create_authorization_response(grant_user=self.person, grant=grant)

        @app.post("/token")
        def token():
            return server.create_token_response(request)

        return app
