"""One line per event, its context on it, and no secret gets through."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import logs

SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@pytest.fixture(autouse=True)
def _same_root_logger_after() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = handlers, level


@pytest.fixture
def stream() -> io.StringIO:
    out = io.StringIO()
    logs.to_stream((SIGNING_SECRET,), out)
    return out


def test_a_line_carries_its_context(stream: io.StringIO) -> None:
    log = logging.getLogger("sync.push")
    with logs.about(action="push", store=3):
        with logs.about(run="r 1"):
            log.info("pushed %d\nof %d", 2, 5, extra={"calls": 1})
        log.info("inner is over")
    log.info("all is over")
    first, second, third = stream.getvalue().splitlines()
    assert first.endswith('INFO sync.push: pushed 2 of 5 action=push store=3 run="r 1" calls=1')
    assert second.endswith("inner is over action=push store=3")
    assert third.endswith("all is over")


def test_a_failure_is_one_line_without_a_traceback_block(stream: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError(f"bad answer\nwith {SIGNING_SECRET}")

    try:
        fail()
    except ValueError:
        logging.getLogger("x").exception("no luck")
    (line,) = stream.getvalue().splitlines()
    assert 'error="ValueError: bad answer\\nwith ***"' in line
    assert "test_a_failure_is_one_line" in line
    assert "Traceback" not in line


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"secret {SIGNING_SECRET}", "secret ***"),
        ("using xoxb-12-ab-CD now", "using xoxb-*** now"),
        ("using xapp-1-A-b now", "using xapp-*** now"),
        ("token shpat_0123456789abcdef.", "token shpat_***."),
        ("Authorization: Bearer abcdefgh.ijk-l_m", "Authorization: Bearer ***"),
        ("postgresql://u:p%40ss@host/db", "postgresql://u:***@host/db"),
        ("{'access_token': 'abcdef123456', 'shop': 'a'}", "{'access_token': '***', 'shop': 'a'}"),
        ("client_secret=abcdef123456&x=1", "client_secret=***&x=1"),
        ("GET /connect/AbC-123_xyz45 HTTP", "GET /connect/*** HTTP"),
        ("shop=a.example.com sku=AB-1", "shop=a.example.com sku=AB-1"),
    ],
)
def test_what_looks_like_a_credential_is_struck_out(
    stream: io.StringIO, said: str, kept: str
) -> None:
    logging.getLogger("x").info("%s", said)
    assert stream.getvalue().rstrip("\n").endswith(f"x: {kept}")


@given(st.binary(min_size=32, max_size=32))
def test_no_fernet_key_gets_through(raw: bytes) -> None:
    key = base64.urlsafe_b64encode(raw).decode()
    assert key not in logs.redacted(f"key {key}, {key}")


def test_a_secret_in_a_field_is_struck_out(stream: io.StringIO) -> None:
    logging.getLogger("x").info("hm", extra={"answer": {"token": SIGNING_SECRET}})
    assert SIGNING_SECRET not in stream.getvalue()


def test_a_file_is_made_with_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "deep" / logs.FILE
    logs.to_file((), path)
    assert not path.parent.exists()
    logging.getLogger("x").error("first")
    assert path.read_text(encoding="utf-8").endswith("x: first\n")


def test_a_disk_that_refuses_does_not_hide_the_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    logs.to_file((), tmp_path / "taken" / logs.FILE)
    logging.getLogger("x").error("still here")
    logging.getLogger().handlers[0].flush()
    assert "still here" in capfd.readouterr().err
