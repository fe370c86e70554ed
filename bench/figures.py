"""The figures, in the order of the table."""

from __future__ import annotations

from typing import Any

from bench import ack, audit, calls, ingest, memory, quiet, sale, why
from bench.figure import Figure

FIGURES: dict[str, Figure[Any]] = {
    each.FIGURE.name: each.FIGURE for each in (calls, audit, ack, ingest, sale, memory, quiet, why)
}
