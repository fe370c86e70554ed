"""How the stores stand to a product that is not sold for now."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.slack import stop_words as words
from bot.slack.escape import escape, short, when
from bot.slack.ids import Act
from bot.slack.views.kit import SAID, are_you_sure, button, quiet, section, sections
from bot.slack.views.pages import fitting
from bot.slack.views.why import who
from storage.stopped import Stop, StoppedPlace

Answer = tuple[str, list[Block]]
SHOWN = 60  # places that a person looks through at once
BESIDE = 1_000  # characters of the lines around the places, at most


def answer(held: Stop, places: Sequence[StoppedPlace]) -> Answer:
    """Say it in a line, then store by store."""
    if held.at is None:
        text = words.lifted(held.sku)
        return text, [section(escape(text))]
    text = words.stopped(held.sku) if places else f"{words.stopped(held.sku)} {words.NOWHERE}"
    value = str(held.product_id)
    waiting_first = sorted(places, key=_shows_none)  # a person has to see to these
    every = [f"• {_place(place)}" for place in waiting_first]
    lines, left = fitting(every, most=SHOWN, beside=BESIDE)
    if left:
        rest = waiting_first[len(lines) :]
        lines.append(f"• {words.more(left, sum(not _shows_none(place) for place in rest))}")
    sure = are_you_sure(words.SURE_TITLE, words.SURE, words.LIFT, words.SURE_NO)
    return text, [
        section(f":no_entry: {escape(text)}"),
        *(sections(lines, f"*{words.HEAD}*") if lines else []),
        quiet(words.since(who(held.by), when(held.at))),
        ActionsBlock(
            elements=[
                button(words.LOOK_AGAIN, Act.STOP_LOOK, value),
                button(words.LIFT, Act.STOP_LIFT, value, confirm=sure),
            ]
        ),
    ]


def _shows_none(place: StoppedPlace) -> bool:
    return place.shown is not None and place.shown <= 0


def _place(place: StoppedPlace) -> str:
    name = ", ".join(escape(short(one, SAID)) for one in (place.store, place.location) if one)
    said = words.place(place.standing, place.sync_status, place.health, place.shown)
    return f"{name}: {said}"
