"""Why a number is so: the sum of each warehouse, then the rules of each place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from slack_sdk.models.blocks import Block

from bot.slack import why_words as words
from bot.slack.escape import escape, short, when
from bot.slack.ids import Act
from bot.slack.views.kit import SAID, product_head, quiet, section, sections
from bot.slack.views.pages import of_product, pages, turning
from storage.audit import SYSTEM
from storage.movements import Entry
from storage.places import Place, Stray
from sync.why import PlaceWhy, Reason, Term, WarehouseSum, Why, unlinked

STRAYS = 20  # listings that are named where none is linked
BESIDE = ("carried", "sent")  # kinds that move goods which were sold already


def why(found: Why, page: int = 0) -> list[Block]:
    """Show one page of the answer; a page that no longer exists becomes the last."""
    stock = [sections(list(_warehouse(house))) for house in found.warehouses]
    shops = [sections(list(_place(place))) for place in found.places]
    items: list[Sequence[Block]] = [
        _titled(words.STOCK, stock, words.NOT_COUNTED_ANYWHERE),
        *stock[1:],
        _titled(words.STORES, shops, words.NO_STORE),
        *shops[1:],
    ]
    every = pages(items)
    page = max(0, min(page, len(every) - 1))
    product = found.product
    blocks: list[Block] = [
        product_head(product.sku, product.title),
        *every[page],
        quiet(words.MADE_OF),
    ]
    to = partial(of_product, product.id)
    return [*blocks, *turning(page, len(every), to, back=Act.WHY_PAGE_BACK, on=Act.WHY_PAGE)]


def strays(found: Sequence[Stray]) -> list[Block]:
    """Say of listings that belong to no product why they do not."""
    lines = [
        f"• {escape(stray.store)}: {_reason(unlinked(stray.unlinked, stray.sku))}"
        for stray in found[:STRAYS]
    ]
    rest = len(found) - STRAYS
    return sections([*lines, *([words.orders(rest)] if rest > 0 else [])], words.STRAYS)


def _titled(title: str, items: Sequence[list[Block]], none: str) -> list[Block]:
    return [section(f"*{title}*"), *(items[0] if items else [section(none)])]


def _warehouse(house: WarehouseSum) -> Iterator[str]:
    name = escape(house.name)
    yield f"*{name}*" if house.counted else f"*{name}*: {words.NOT_COUNTED}"
    if house.kind == "fba":
        yield words.READ_ONLY.format(at=when(house.copied_at))
    for term in house.terms:
        if term.kind not in BESIDE:
            yield _term(term)
    if house.terms:
        oversold = "  ·  *oversold*" if house.available < 0 and house.counted else ""
        yield f"= *{house.available:,} available*{oversold}"
        yield (
            f"{house.available:,} available + {house.committed:,} committed = "
            f"*{house.on_hand:,} on hand*"
        )
    for term in house.terms:
        if term.kind in BESIDE:
            quantity = abs(term.on_hand)
            yield f"◦ {words.beside(term.kind, quantity, term.count)}: {_orders(term, _moved)}"
    if house.open is not None:
        waiting = house.open
        said = words.beside(waiting.kind, waiting.committed, waiting.count)
        yield f"◦ {said}: {_orders(waiting, _waiting)}"
    if not house.agrees:
        yield f":warning: {words.OUT_OF_STEP}"


def _term(term: Term) -> str:
    """One term of the sum; its newest acts or orders follow by name."""
    first = term.newest[0]
    said = f"{_signed(term.available)} {escape(words.term(term.kind, first.store, term.count))}"
    if first.order is not None:
        return f"{said}: {_orders(term, _change)}"
    if term.count == 1:
        return f"{said}{_about(first)}"
    several = len({entry.store for entry in term.newest}) > 1
    named = [
        f"{_signed(_available(entry))}{_from(entry) if several else ''}{_about(entry)}"
        for entry in term.newest
    ]
    rest = term.count - len(term.newest)
    return f"{said}: {'; '.join([*named, *([words.acts(rest)] if rest else [])])}"


def _from(entry: Entry) -> str:
    return f" from {escape(entry.store)}" if entry.store else ""


def _about(entry: Entry) -> str:
    """Why, by whom and when; a note that Stockroom itself wrote is said by the kind already."""
    noted = entry.note and entry.kind in ("change", "count", "undo")
    note = f" “{escape(short(entry.note or '', SAID))}”" if noted else ""
    return f"{note} by {who(entry.actor)}, {when(entry.at)}"


def who(actor: str | None) -> str:
    """Name who did it, so that Slack shows a person's own name."""
    if actor is None or actor == SYSTEM:
        return words.BY_ITSELF
    return f"<@{actor}>" if re.fullmatch(r"[UW][A-Z0-9]+", actor) else words.FOREIGN


def _orders(term: Term, amount: Callable[[Entry], str]) -> str:
    """Name the newest orders of a term, each with its amount, and count the rest."""
    named = [
        f"{escape(short(entry.order or '?', SAID))} ({amount(entry)})" for entry in term.newest
    ]
    rest = term.count - len(term.newest)
    return ", ".join([*named, *([words.orders(rest)] if rest else [])])


def _available(entry: Entry) -> int:
    return entry.own_on_hand - entry.own_committed


def _change(entry: Entry) -> str:
    return _signed(_available(entry))


def _moved(entry: Entry) -> str:
    return f"{abs(entry.own_on_hand):,}"


def _waiting(entry: Entry) -> str:
    return f"{entry.own_committed:,}"


def _signed(number: int) -> str:
    return f"{number:+,}"


def _place(found: PlaceWhy) -> Iterator[str]:
    place = found.place
    yield f"*{', '.join(escape(name) for name in (place.store, place.location) if name)}*"
    if place.in_sync and place.desired is not None:
        wanted = 0 if place.stopped else max(place.desired, 0)
        yield f"Should show *{wanted:,}*: {_parts(place)}"
    shows = "unknown just now" if place.shown is None else f"*{place.shown:,}*"
    read = f"last read back {when(place.read_at)}" if place.read_at else "not read back yet"
    yield f"Shows {shows}, {read}"
    if place.in_sync:
        yield _sent(place)
    for reason in found.reasons:
        yield f"→ {_reason(reason)}"


def _reason(reason: Reason) -> str:
    escaped = replace(reason, said=escape(short(reason.said, SAID)))
    return words.reason(escaped, when(reason.at, "soon"))


def _parts(place: Place) -> str:
    """Write the wanted number out as the warehouses that count there, less what is kept back."""
    names = [f"{escape(name)} {units:,}" for name, units in _counted(place)]
    kept = f" - {place.buffer:,} kept back" if place.buffer else ""
    most = "" if place.maximum is None else f", {place.maximum:,} at most"
    return f"{' + '.join(names) or 0}{kept}{most}"


def _counted(place: Place) -> Iterable[tuple[str, int]]:
    return zip(place.warehouses, place.parts, strict=True)


def _sent(place: Place) -> str:
    if place.sent_at is None:
        return words.NOTHING_SENT
    said = f"Last sent *{place.sent_value:,}* {when(place.sent_at)}: {_outcome(place)}"
    if place.sent_outcome == "applied" or place.acked_at is None:
        return said
    return f"{said}; last acknowledged *{place.acked_value:,}* {when(place.acked_at)}"


def _outcome(place: Place) -> str:
    return escape(words.sent(place.sent_outcome))
