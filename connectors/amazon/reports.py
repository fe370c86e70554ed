"""Reports: Amazon works through everything by itself and leaves a file.

A report that fails, hangs or comes in words that we do not know is no result.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from connectors.amazon.calls import NEW_REPORT, REPORT, REPORT_FILE
from connectors.amazon.client import SellerClient
from connectors.errors import StoreError

LISTINGS_REPORT = "GET_MERCHANT_LISTINGS_ALL_DATA"
# Amazon: the columns are named in the language that is preferred here
_OPTIONS = {"preferredReportDocumentLocale": "en_US"}
# Seconds between looks: small reports are done within a minute, large ones take several.
_WAITS = (5.0, 10.0, 15.0)
_LONGEST_WAIT = 30.0
# About a quarter of an hour; what takes longer is as good as stuck.
_MOST_LOOKS = 32
_STILL_RUNS = ("IN_QUEUE", "IN_PROGRESS")
# What Amazon writes where it names no charset (Reports API: UTF-8 but for old reports).
_CHARSETS = ("utf-8-sig", "cp1252")

ReportRow = Mapping[str, str]


class NoResult(Exception):
    """The report was refused, failed, or did not come to its end in time."""


async def read_report(client: SellerClient, kind: str, marketplace: str) -> list[ReportRow]:
    """Have a report made of one marketplace and read its rows, by the names of its columns."""
    spec = {"reportType": kind, "marketplaceIds": [marketplace], "reportOptions": _OPTIONS}
    try:
        made = await client.run(NEW_REPORT, body=spec)
        report = made.row().text("reportId")
        file = await _finished(client, report)
        content, charset = await client.download(REPORT_FILE, file)
    except StoreError as error:
        raise NoResult(str(error)) from error
    return list(_rows(_decoded(content, charset)))


async def _finished(client: SellerClient, report: str) -> str:
    """Look until the report has ended, and ended well; say which file it left."""
    for look in range(_MOST_LOOKS):
        row = (await client.read(REPORT, path=REPORT.path(report=report))).row()
        status = row.text("processingStatus")
        if status == "DONE":
            return row.text("reportDocumentId")
        if status not in _STILL_RUNS:
            raise NoResult(f"The report ended as {status}.")
        await client.sleep(_WAITS[look] if look < len(_WAITS) else _LONGEST_WAIT)
    raise NoResult("The report did not end in time.")


def _decoded(content: bytes, charset: str | None) -> str:
    for name in (charset, *_CHARSETS):
        if name is None:
            continue
        try:
            return content.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    raise NoResult("The report is in letters that we do not know.")


def _rows(text: str) -> Iterator[ReportRow]:
    # Not splitlines: a title may hold other characters that Unicode counts as line breaks.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    head = next(lines, None)
    if head is None:
        return
    names = [name.strip().lower() for name in head]
    for line in lines:
        if any(line):
            yield dict(zip(names, line, strict=False))
