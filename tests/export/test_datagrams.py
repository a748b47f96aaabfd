"""Live exports: to this machine only, at the pace asked for."""

from __future__ import annotations

import socket
import threading

import pytest
from opendis.PduFactory import createPdu
from tests.export.conftest import ROOT

import parapet
from parapet import cli
from parapet.errors import InputError
from parapet.export import datagrams, send
from parapet.export.datagrams import Datagram, live_target


@pytest.mark.parametrize(
    "url, message",
    [
        ("udp://192.0.2.7:3000", "not this machine"),
        ("udp://0.0.0.0:3000", "not this machine"),
        ("udp://example.org:3000", "not this machine"),
        ("tcp://127.0.0.1:3000", "expected e.g. udp://127.0.0.1:3000"),
        ("udp://127.0.0.1", "expected e.g."),
        ("udp://127.0.0.1:99999", "port"),
        ("127.0.0.1:3000", "expected e.g."),
    ],
)
def test_only_this_machine(url, message):
    with pytest.raises(InputError, match=message):
        live_target(url)


def test_loopback_names():
    assert live_target("udp://localhost:3000").host == "127.0.0.1"
    assert live_target("udp://[::1]:3000").host == "::1"


def test_pace():
    """Ten times as fast: ten seconds of battle in one, by a clock that only sleeping moves."""
    now, slept = [100.0], []

    def sleep(s):
        slept.append(s)
        now[0] += s

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(5.0)
        target = datagrams.Target(*line.getsockname())
        found = [Datagram(0.0, b"a"), Datagram(4.0, b"b"), Datagram(4.0, b"c"), Datagram(10.0, b"d")]
        assert datagrams.send(found, target, 10.0, clock=lambda: now[0], sleep=sleep) == 4
        assert [line.recv(64) for _ in found] == [b"a", b"b", b"c", b"d"]
    assert slept == pytest.approx([0.4, 0.6])
    for speed in (0.0, -1.0, float("nan"), 1e9):
        with pytest.raises(InputError, match="--speed"):
            datagrams.send(found, target, speed)


def test_dis_arrives_live():
    battle = parapet.run(ROOT / "examples" / "low-flyer.yaml", record="full")
    got: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        line.bind(("127.0.0.1", 0))
        line.settimeout(2.0)

        def listen():
            try:
                while True:
                    got.append(line.recv(2048))
            except TimeoutError:
                pass

        ear = threading.Thread(target=listen)
        ear.start()
        sent = send(battle, "dis", f"udp://127.0.0.1:{line.getsockname()[1]}", speed=2_000.0)
        ear.join()
    assert sent.messages > 5_000 and sent.files == () and str(sent).startswith("sent to udp://127.0.0.1")
    assert len(got) > 0.9 * sent.messages  # UDP may drop when the machine is busy
    kinds = [createPdu(data).pduType for data in got[::50]]
    assert set(kinds) <= {1, 2, 3}


def test_command_refuses_before_playing(capsys):
    file = str(ROOT / "examples" / "low-flyer.yaml")
    for words, message in (
        ([], "--out PATH"),
        (["--out", "x.pcap", "--live", "udp://127.0.0.1:3000"], "either"),
        (["--live", "udp://10.0.0.1:3000"], "not this machine"),
        (["--live", "udp://127.0.0.1:3000", "--speed", "0"], "--speed"),
    ):
        code = cli.main(["export", file, "--format", "dis", *words])
        said = capsys.readouterr()
        assert code == 2 and message in said.err and "playing" not in said.err
    assert cli.main(["export", file, "--format", "kml", "--live", "udp://127.0.0.1:3000"]) == 2
    assert "no format of messages" in capsys.readouterr().err
