"""The server: this machine only, these files only, with its headers."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator

import pytest
from tests.web.conftest import PAGE

from parapet.web.serve import ReplayServer

FILES = {"index.html": PAGE, "replay.js": b"1;", "replay.css": b"", "licences.txt": b""}


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    made = ReplayServer(b"battle", 0, FILES)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join(5)


def ask(server: ReplayServer, path: str, method: str = "GET", host: str | None = None):
    line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    line.putrequest(method, path, skip_host=True)
    line.putheader("Host", host if host is not None else f"127.0.0.1:{server.server_port}")
    line.endheaders()
    answer = line.getresponse()
    body = answer.read()
    line.close()
    return answer, body


def test_serves_the_page_and_the_battle(server):
    for path, want, kind in (
        ("/", PAGE, "text/html"), ("/index.html?x=1", PAGE, "text/html"),
        ("/battle.js", b"battle", "text/javascript"), ("/replay.css", b"", "text/css"),
    ):  # fmt: skip
        answer, body = ask(server, path)
        assert answer.status == 200 and body == want
        assert answer.getheader("Content-Type").startswith(kind)
    answer, body = ask(server, "/replay.js", "HEAD")
    assert answer.status == 200 and body == b"" and answer.getheader("Content-Length") == "2"


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml", "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd",
        "/static/../index.html", "/./index.html", "/..\\..\\windows", "/%2fetc%2fpasswd", "/serve.py", "/index.html%00.js",
        "/__init__.py", "/file:///etc/passwd", "/" + "a" * 5000,
    ],
)  # fmt: skip
def test_nothing_but_its_files(server, path):
    answer, body = ask(server, path)
    assert answer.status == 404 and body == b"There is no such file.\n"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1", "0.0.0.0"])
def test_other_names_for_this_machine_are_refused(server, host):
    answer, body = ask(server, "/battle.js", host=host)
    assert answer.status == 403 and b"battle" not in body


def test_other_methods_are_refused(server):
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert ask(server, "/battle.js", method)[0].status == 501


def test_headers(server):
    for path in ("/", "/battle.js", "/none"):
        answer, _ = ask(server, path)
        policy = answer.getheader("Content-Security-Policy")
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy and "http:" not in policy and "*" not in policy
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
        assert answer.getheader("Referrer-Policy") == "no-referrer"
        assert answer.getheader("Server") == "parapet "


def test_loopback_only(server):
    assert server.server_address[0] == "127.0.0.1"
    assert server.url == f"http://127.0.0.1:{server.server_port}/"
    own = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    for address in own - {a for a in own if a.startswith("127.")}:
        with pytest.raises(OSError):
            socket.create_connection((address, server.server_port), timeout=1).close()


def test_a_taken_port_is_an_error(server):
    with pytest.raises(OSError):
        ReplayServer(b"", server.server_port, FILES)
