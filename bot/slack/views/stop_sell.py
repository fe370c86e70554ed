"""How the stores stand to a product that is not sold for now."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.slack import stop_words as words
from bot.slack.escape import escape, short, when
from bot.slack.ids import Act
from bot.slack.views.kit import are_you_sure, button, quiet, section, sections
from bot.slack.views.why import SAID, who
from storage.stopped import Stop, StoppedPlace

Answer = tuple[str, list[Block]]
SHOWN = 60  # places; a product that is listed at more is rare, and Slack takes 3,000 characters


def answer(held: Stop, places: Sequence[StoppedPlace]) -> Answer:
    """Say it in a line, then store by store."""
    if held.at is None:
        text = words.lifted(held.sku)
        return text, [section(escape(text))]
    text = words.stopped(held.sku) if places else f"{words.stopped(held.sku)} {words.NOWHERE}"
    value = str(held.product_id)
    lines = [f"• {_place(place)}" for place in places[:SHOWN]]
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


def _place(place: StoppedPlace) -> str:
    name = ", ".join(escape(short(one, SAID)) for one in (place.store, place.location) if one)
    said = words.place(place.standing, place.sync_status, place.health, place.shown)
    return f"{name}: {said}"
