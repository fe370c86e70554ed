"""Tests talk to this machine only."""

from __future__ import annotations

import asyncio
import socket

import pytest

ELSEWHERE = "192.0.2.1"  # RFC 5737: for documentation, belongs to nobody


def test_a_socket_to_elsewhere_is_refused() -> None:
    with socket.socket() as one, pytest.raises(PermissionError, match=r"not to 192\.0\.2\.1"):
        one.connect((ELSEWHERE, 80))


async def test_a_loops_connection_to_elsewhere_is_refused() -> None:
    with pytest.raises(PermissionError, match="this machine only"):
        await asyncio.open_connection(ELSEWHERE, 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_allowed(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection((host, server.getsockname()[1])) as one:
            assert one.getpeername()[0] == "127.0.0.1"
