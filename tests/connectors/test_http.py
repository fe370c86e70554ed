"""Half an answer is no answer: reading JSON from stores."""

from __future__ import annotations

import gzip
import logging
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from connectors.errors import Unavailable
from connectors.http import (
    Row,
    open_client,
    read_json,
    retry_after_seconds,
    send,
    server_time,
    stream_lines,
)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><body>Sorry</body></html>", "web page"),
        (b'{"data": {"shop"', "cut off"),
        (b"", "cut off"),
        (b"\xff\xfe", "cut off"),
        (b"[1, 2]", "not in the form"),
        (b'"text"', "not in the form"),
    ],
)
def test_what_is_not_a_json_object_is_unavailable(content: bytes, words: str) -> None:
    with pytest.raises(Unavailable, match=words):
        read_json(httpx.Response(200, content=content))


def test_a_whole_object_is_read() -> None:
    row = read_json(httpx.Response(200, json={"name": "A", "rows": [{"n": 1}], "gone": None}))
    assert row.text("name") == "A"
    assert [each.whole("n") for each in row.rows("rows")] == [1]
    assert row.maybe_text("gone") is None
    assert "name" in row
    assert "gone" not in row


READERS: list[tuple[Callable[[Row], object], Any]] = [
    (lambda row: row.text("x"), 1),
    (lambda row: row.whole("x"), "1"),
    (lambda row: row.whole("x"), True),
    (lambda row: row.whole("x"), 1.5),
    (lambda row: row.number("x"), True),
    (lambda row: row.number("x"), "1"),
    (lambda row: row.flag("x"), 0),
    (lambda row: row.row("x"), []),
    (lambda row: row.rows("x"), [None]),
    (lambda row: row.rows("x"), {}),
    (lambda row: row.texts("x"), ["a", 1]),
    (lambda row: row.maybe_rows("x"), ["a"]),
    (lambda row: row.maybe_text("x"), 3),
    (lambda row: row.maybe_row("x"), "a"),
    (lambda row: row.moment("x"), "yesterday"),
    (lambda row: row.moment("x"), "2026-11-23T12:00:00"),  # of no known zone
]


@pytest.mark.parametrize(("read", "value"), READERS)
def test_a_field_of_another_kind_or_missing_is_unavailable(
    read: Callable[[Row], object], value: Any
) -> None:
    for row in (Row({"x": value}), Row({})):
        with pytest.raises(Unavailable, match="“x”"):
            read(row)


@pytest.mark.parametrize(
    "text", ["2026-10-25T02:30:00+02:00", "2026-10-25T01:30:00+01:00", "2026-10-25T00:30:00Z"]
)
def test_times_are_one_moment_whatever_their_offset(text: str) -> None:
    assert Row({"at": text}).moment("at") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        ("Mon, 23 Nov 2026 12:00:00 GMT", datetime(2026, 11, 23, 12, tzinfo=UTC)),
        ("noon", None),
        (None, None),
    ],
)
def test_the_servers_clock(header: str | None, moment: datetime | None) -> None:
    headers = {} if header is None else {"Date": header}
    assert server_time(httpx.Response(200, headers=headers)) == moment


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        ("-1", 0.0),
        ("soon", 9.0),
        (None, 9.0),
        ("Sat, 28 Nov 2026 10:02:00 GMT", 120.0),
        ("Sat, 28 Nov 2026 09:00:00 GMT", 0.0),
        ("86400", 3600.0),  # a firewall that shuts us out for a day
        ("1795435200", 3600.0),  # and one that means a moment
        ("1e400", 9.0),
        ("nan", 9.0),
    ],
)
def test_retry_after(header: str | None, seconds: float) -> None:
    headers = {"Date": "Sat, 28 Nov 2026 10:00:00 GMT"}
    headers |= {} if header is None else {"Retry-After": header}
    assert retry_after_seconds(httpx.Response(429, headers=headers), 9.0) == seconds


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (httpx.ConnectError("x"), False),
        (httpx.ConnectTimeout("x"), False),
        (httpx.PoolTimeout("x"), False),
        (httpx.ReadTimeout("x"), True),
        (httpx.WriteTimeout("x"), True),
        (httpx.ReadError("x"), True),
        (httpx.WriteError("x"), True),
        (httpx.RemoteProtocolError("x"), True),
    ],
)
async def test_only_a_request_that_cannot_have_arrived_counts_as_unsent(
    error: Exception, sent: bool
) -> None:
    async def fail(_: httpx.Request) -> httpx.Response:
        raise error

    async with open_client("http://store.test", transport=httpx.MockTransport(fail)) as client:
        with pytest.raises(Unavailable) as lost:
            await send(client, client.build_request("GET", "/"))
    assert lost.value.sent is sent


async def test_redirects_are_not_followed_with_our_headers() -> None:
    asked: list[str] = []

    async def move(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(302, headers={"Location": "http://elsewhere.test/"})

    async with open_client("http://store.test", transport=httpx.MockTransport(move)) as client:
        response = await send(client, client.build_request("GET", "/"))
    assert response.status_code == 302
    assert asked == ["store.test"]


class _Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces, and may break off."""

    def __init__(self, pieces: list[bytes], error: Exception | None = None) -> None:
        self.pieces = pieces
        self.error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece
        if self.error:
            raise self.error


async def _lines(response: httpx.Response) -> list[bytes]:
    async def answer(_: httpx.Request) -> httpx.Response:
        return response

    async with open_client("http://store.test", transport=httpx.MockTransport(answer)) as client:
        request = client.build_request("GET", "http://files.test/a?signature=secret")
        return [line async for line in stream_lines(client, request)]


@pytest.mark.parametrize(
    "pieces",
    [
        [b'{"a": 1}\n{"b": "\xe2\x80\xa8\xc2\x85\x0b"}\n'],
        [b'{"a"', b": 1}", b'\n{"b": "\xe2\x80', b'\xa8\xc2\x85\x0b"}', b"\n"],
        [b'{"a": 1}\n{"b": "\xe2\x80\xa8\xc2\x85\x0b"}'],  # without a line feed at the end
    ],
)
async def test_lines_end_at_line_feeds_alone_however_they_arrive(pieces: list[bytes]) -> None:
    lines = await _lines(httpx.Response(200, stream=_Pieces(pieces)))
    assert lines == [b'{"a": 1}', b'{"b": "\xe2\x80\xa8\xc2\x85\x0b"}']


async def test_a_compressed_file_is_read_like_any_other() -> None:
    content = gzip.compress(b"one\ntwo\n")
    headers = {"Content-Encoding": "gzip"}
    pieces = [content[place : place + 3] for place in range(0, len(content), 3)]
    assert await _lines(httpx.Response(200, headers=headers, stream=_Pieces(pieces))) == [
        b"one",
        b"two",
    ]
    spoilt = httpx.Response(200, headers=headers, stream=_Pieces([b"no gzip at all"]))
    with pytest.raises(Unavailable):
        await _lines(spoilt)


async def test_a_file_that_breaks_off_or_is_refused_is_unavailable(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = _Pieces([b"one\ntw"], httpx.RemoteProtocolError("peer closed connection"))
    with caplog.at_level(logging.DEBUG, logger="connectors"):
        with pytest.raises(Unavailable, match="was lost"):
            await _lines(httpx.Response(200, stream=broken))
        with pytest.raises(Unavailable, match="HTTP 403"):
            await _lines(httpx.Response(403, content=b"<Error/>"))
    assert "secret" not in caplog.text
