"""A provider of OpenID Connect of the tests' own: it knows one person and asks for no password.

What a relying party needs of the protocol, by OpenID Connect Core 1.0: discovery, the code flow, keys, and logout.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "dashboard", "between the two of them"


@dataclass
class Provider:
    """Whom it vouches for, and what it was asked."""

    issuer: str = ""
    person: dict[str, str] = field(default_factory=lambda: {"sub": "7", "email": "ann@example.com", "name": "Ann"})
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1", "alg": "RS256", "use": "sig"}))
    signed_out: list[dict[str, str]] = field(default_factory=list)

    def metadata(self):
        ends = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "jwks_uri": "jwks",
            "end_session_endpoint": "end",
        }
        return {
            "issuer": self.issuer,
            **{name: f"{self.issuer}/{path}" for name, path in ends.items()},
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorize(self, asked):
        """Send the person back at once, with a code for what was asked."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given):
        asked = self.codes.pop(given["code"])
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 600, **self.person}
        claims |= {"nonce": asked["nonce"]} if "nonce" in asked else {}
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.key)
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": 600,
            "id_token": signed,
        }


@contextmanager
def serving():  # noqa: C901 - four addresses, each a line or two
    """Serve a provider; gives it."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def _asked(self):
            length = int(self.headers.get("Content-Length", 0))
            given = self.rfile.read(length).decode() if length else urlsplit(self.path).query
            return {name: values[0] for name, values in parse_qs(given).items()}

        def _answer(self, told):
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _send_on(self, where):
            self.send_response(302)
            self.send_header("Location", where)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self):
            match urlsplit(self.path).path:
                case "/.well-known/openid-configuration":
                    self._answer(provider.metadata())
                case "/jwks":
                    self._answer({"keys": [provider.key.as_dict(private=False)]})
                case "/authorize":
                    self._send_on(provider.authorize(self._asked()))
                case "/end":
                    provider.signed_out.append(self._asked())
                    self._send_on(provider.signed_out[-1]["post_logout_redirect_uri"])
                case _:
                    self.send_error(404)

        def do_POST(self):
            self._answer(provider.token(self._asked()))

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
