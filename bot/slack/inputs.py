"""Reading what was entered in a view that is no flow's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.slack.ids import VALUE, Act, Field


def picked(state: Mapping[str, Any], field: Field) -> str:
    """Read a pick; the search of a long list answers under an action id of its own."""
    held = state.get(field) or {}
    one = held.get(VALUE) or held.get(Act.WAREHOUSE_SEARCH) or held.get(Act.PRODUCT_SEARCH) or {}
    return str((one.get("selected_option") or {}).get("value") or "")


def typed(state: Mapping[str, Any], field: Field) -> str:
    """Read a text, without the blanks around it."""
    return pasted(state, field).strip()


def pasted(state: Mapping[str, Any], field: Field) -> str:
    """Read a text as it stands; its first line stays the first."""
    return str(((state.get(field) or {}).get(VALUE) or {}).get("value") or "")


def whole_number(text: str) -> int | None:
    """Read digits with a sign before them; None for anything else."""
    plain = text.strip().replace("\N{MINUS SIGN}", "-").replace(" ", "")
    return int(plain) if re.fullmatch(r"[+-]?[0-9]{1,18}", plain) else None
