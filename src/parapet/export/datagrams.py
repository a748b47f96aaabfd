"""Messages with their times: kept as a capture file that packet tools open, or sent live on this machine.

The capture is the classic pcap format (magic a1b2c3d4, microseconds) with Ethernet, IPv4 and UDP headers, as described
in draft-ietf-opsawg-pcap. Wireshark dissects what is inside, tcpreplay sends it again.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from parapet.errors import InputError

_LOOPBACK = bytes([127, 0, 0, 1])
_ETHERNET = bytes(12) + b"\x08\x00"
SPEED_MAX = 10_000.0
"""Fastest play of a live export; beyond it a file does the same."""


class Datagram(NamedTuple):
    """One message and the second of the battle it belongs to."""

    t_s: float
    data: bytes


def capture(datagrams: Sequence[Datagram], epoch: datetime, port: int) -> bytes:
    """A capture file of these datagrams, sent from and to 127.0.0.1, in the order given.

    Pinned by ``tests/export/test_dis.py`` against the `dpkt` package.
    """
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    begin_us = int(epoch.timestamp()) * 1_000_000
    for number, (t_s, data) in enumerate(datagrams):
        at_us = begin_us + round(t_s * 1e6)
        udp = struct.pack(">HHHH", port, port, 8 + len(data), 0)  # a checksum of 0: none was made
        head = struct.pack(
            ">BBHHHBBH4s4s", 0x45, 0, 28 + len(data), number & 0xFFFF, 0, 64, 17, 0, _LOOPBACK, _LOOPBACK
        )
        head = head[:10] + struct.pack(">H", _checksum(head)) + head[12:]
        n = len(_ETHERNET) + 28 + len(data)
        parts.append(struct.pack("<IIII", at_us // 1_000_000, at_us % 1_000_000, n, n))
        parts += [_ETHERNET, head, udp, data]
    return b"".join(parts)


def _checksum(head: bytes) -> int:
    """One's complement sum of the 16-bit words of an IPv4 header."""
    total: int = sum(struct.unpack(">10H", head))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@dataclass(frozen=True)
class Target:
    """Where a live export goes: an address of this machine and a port."""

    host: str
    port: int


def live_target(url: str) -> Target:
    """The target that an address such as ``udp://127.0.0.1:3000`` names.

    Raises
    ------
    InputError
        If it is no UDP address with a port, or not of this machine: nothing is ever sent to another one.
    """
    example = "expected e.g. udp://127.0.0.1:3000"
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InputError(f"--live: got {url!r}, its port is not one of 1 to 65535; {example}.") from None
    if parts.scheme != "udp" or not host or not port or parts.path or parts.query:
        raise InputError(f"--live: got {url!r}, {example}.")
    host = "127.0.0.1" if host == "localhost" else host
    try:
        is_own = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_own = False
    if not is_own:
        raise InputError(
            f"--live: {host!r} is not this machine; battles are sent to loopback addresses only ({example}). "
            "To reach another machine, write a file and replay it with a tool made for that."
        )
    return Target(host, port)


def send(
    datagrams: Sequence[Datagram],
    target: Target,
    speed: float,
    progress: Callable[[float], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Send datagrams by UDP at `speed` times the battle's own pace; returns how many were sent.

    Raises
    ------
    InputError
        If the speed is not above 0 and at most `SPEED_MAX`.
    """
    check_speed(speed)
    family = socket.AF_INET6 if ":" in target.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        begin_s = clock()
        for n, (t_s, data) in enumerate(datagrams):
            wait_s = t_s / speed - (clock() - begin_s)
            if wait_s > 0.0:
                sleep(wait_s)
            line.sendto(data, (target.host, target.port))
            if progress is not None and n % 256 == 0:
                progress(t_s)
    return len(datagrams)


def check_speed(speed: float) -> None:
    """Raise `InputError` if a live export cannot run at this speed."""
    if not 0.0 < speed <= SPEED_MAX:
        raise InputError(
            f"--speed: got {speed:g}, expected more than 0, at most {SPEED_MAX:,.0f} (1 is real time)."
        )
