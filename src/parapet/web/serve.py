"""Serves one replay on 127.0.0.1: a table of files held in memory, nothing else.

There is no folder behind the server, so no path can lead out of one. A request whose ``Host`` is not this machine is
refused, so that no page from elsewhere can read the battle through a name that it points here.
"""

from __future__ import annotations

import http.server
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from parapet.web.page import DATA_FILE, TYPES, page_files, policy

HOST = "127.0.0.1"

_FIXED = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)


class _Handler(http.server.BaseHTTPRequestHandler):
    server: ReplayServer
    protocol_version = "HTTP/1.1"
    server_version = "parapet"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(is_body_wanted=True)

    def do_HEAD(self) -> None:
        self._answer(is_body_wanted=False)

    def _answer(self, is_body_wanted: bool) -> None:
        port = self.server.server_port
        if self.headers.get("Host") not in (f"{HOST}:{port}", f"localhost:{port}"):
            self._send(403, b"This server answers to 127.0.0.1 only.\n", ".txt", is_body_wanted)
            return
        name = unquote(urlsplit(self.path).path).removeprefix("/") or "index.html"
        body = self.server.files.get(name)
        if body is None:
            self._send(404, b"There is no such file.\n", ".txt", is_body_wanted)
            return
        self._send(200, body, name[name.rfind(".") :], is_body_wanted)

    def _send(self, code: int, body: bytes, suffix: str, is_body_wanted: bool) -> None:
        self.send_response(code)
        self.send_header("Content-Type", TYPES.get(suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.server.policy)
        for name, value in _FIXED:
            self.send_header(name, value)
        self.end_headers()
        if is_body_wanted:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a terminal full of requests helps no one."""


class ReplayServer(http.server.ThreadingHTTPServer):
    """A server of these files on the loopback address; `url` says where.

    Raises
    ------
    OSError
        If the port is taken.
    """

    daemon_threads = True
    allow_reuse_address = False

    def __init__(self, battle_js: bytes, port: int = 0, files: dict[str, bytes] | None = None) -> None:
        page = page_files() if files is None else files
        self.files = MappingProxyType({**page, DATA_FILE: battle_js})
        # a page cannot forbid by itself that others frame it: only the header can
        self.policy = f"{policy(page['index.html'])}; frame-ancestors 'none'"
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Where the replay is."""
        return f"http://{HOST}:{self.server_port}/"
