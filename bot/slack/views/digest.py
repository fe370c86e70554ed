"""The daily digest as a message."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.slack import digest_words as words
from bot.slack.escape import escape, short
from bot.slack.views.kit import NAME, quiet, section, sections
from connectors.catalog import PLATFORMS
from storage.digests import StoreDay
from sync.digest import Digest
from sync.stores import StoreSummary

STORES = 20  # those with most orders; the Home tab shows all


def text(digest: Digest) -> str:
    """State the fact: what shows in a notification."""
    return f"{words.TITLE}: {_facts(digest)}"


def message(digest: Digest) -> list[Block]:
    """Lay the day out: all together, store by store, what waits for people."""
    stands = {store.id: store for store in digest.stores}
    shown = digest.days[:STORES]
    lines = [_line(day, stands.get(day.store_id)) for day in shown]
    if len(digest.days) > STORES:
        lines.append(words.more(len(digest.days) - STORES))
    needs = words.needs(digest.trouble)
    trouble = digest.trouble
    ended = [words.over(trouble.over)] if trouble.over else []
    back = [words.put_back(trouble.put_back)] if trouble.put_back else []
    return [
        section(f"*{words.TITLE}*\n{_facts(digest)}"),
        *(sections(lines) if lines else []),
        quiet("  ·  ".join([*(needs or (words.ALL_WELL,)), *back, *ended])),
    ]


def _facts(digest: Digest) -> str:
    sold = words.heading(digest.orders, digest.units) if digest.orders else words.QUIET.rstrip(".")
    on = [store for store in digest.stores if store.sync_status != "off"]
    targets = sum(store.targets for store in on)
    agree = words.agreement(sum(store.agree for store in on), targets)
    return f"{sold}; {agree}" if targets else sold


def _line(day: StoreDay, stands: StoreSummary | None) -> str:
    parts = [words.store(day.orders, day.units, day.writes)]
    if stands is not None and stands.sync_status != "off" and stands.ships:
        parts.append(words.agreement(stands.agree, stands.targets))
    if day.renewals and stands is not None:
        fee = PLATFORMS[stands.platform].renewal_fee
        amount, currency = (None, "") if fee is None else (fee.amount, fee.currency)
        parts.append(words.renewals(day.renewals, amount, currency))
    return f"• *{escape(short(day.name, NAME))}*: {'; '.join(parts)}"
