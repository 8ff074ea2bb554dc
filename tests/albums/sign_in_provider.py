"""A small OpenID Connect provider, which signs everybody in as the same person."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "trombine"


@dataclass
class Provider:
    """url: of the provider. nonces: by code, as a real provider remembers them."""

    url: str = ""
    subject: str = "42"
    username: str = "grace"
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def claims(self) -> dict[str, Any]:
        """Return what the provider says about the person."""
        now = int(time.time())
        return {
            "iss": self.url,
            "aud": CLIENT,
            "sub": self.subject,
            "iat": now,
            "exp": now + 300,
            "preferred_username": self.username,
            "name": "Grace",
        }

    def answer(self, path: str) -> dict[str, Any]:
        """Return the JSON of an address."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
            }
        if path == "/token":
            token = jwt.encode(self.claims(), self.key, algorithm="RS256", headers={"kid": "one"})
            return {"access_token": "opaque", "token_type": "Bearer", "id_token": token}
        if path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [{**key, "kid": "one", "alg": "RS256", "use": "sig"}]}
        return self.claims()


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run a provider on this machine."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            body = json.dumps(provider.answer(urlsplit(self.path).path)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name of the standard library

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def state_of(address: str) -> str:
    """Return the state in the address to which the browser is sent."""
    return parse_qs(urlsplit(address).query)["state"][0]
