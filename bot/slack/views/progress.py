"""The message that shows how far turning sync on is, edited in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import Block

from bot.slack import undo_words, words
from bot.slack.escape import escape, short
from bot.slack.views.kit import NAME, quiet, section, sections
from flows import fba_words
from flows.words import ONLY_HERE

CELLS = 20  # of the bar that stands beside the figures


def running(payload: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """Show how far it is: (text, blocks)."""
    store = escape(short(str(payload["store"]), NAME))
    if payload["phase"] == "fba":
        text = f"Turning on sync for {store}: copying its FBA stock."
        return text, [section(f":hourglass_flowing_sand: {text}")]
    done, total = int(payload["done"]), int(payload["total"])
    if payload["phase"] == "returning":
        text = undo_words.returns(store, done, total)
        return text, [section(f":hourglass_flowing_sand: {text}"), _bar(done, total)]
    if payload["phase"] == "orders" or not total:
        text = f"Turning on sync for {store}: reading its orders."
        return text, [section(f":hourglass_flowing_sand: {text}")]
    text = f"Turning on sync for {store}: {done:,} of {total:,} listings read."
    return text, [section(f":hourglass_flowing_sand: {text}"), _bar(done, total)]


def _bar(done: int, total: int) -> Block:
    filled = CELLS * done // max(total, 1)
    return quiet("█" * filled + "░" * (CELLS - filled))


def finished(payload: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """Say that sync is on, or off again with earlier numbers: (text, blocks)."""
    store = escape(short(str(payload["store"]), NAME))
    if payload["mode"] == "returning":
        return _returned(store, payload)
    if payload["mode"] == "fba":
        return _followed(store, payload)
    known, total = int(payload["known"]), int(payload["total"])
    copied = "its stock was copied" if payload["mode"] == "copy" else "Stockroom's stock was kept"
    text = f"Sync is on for {store}: {known:,} of {total:,} listings are followed, {copied}."
    rest = (
        [quiet(f"{total - known:,} could not be read yet; Stockroom keeps trying.")]
        if known < total
        else []
    )
    return text, [section(f":white_check_mark: *{text}*"), section(escape(ONLY_HERE)), *rest]


def _returned(store: str, payload: Mapping[str, Any]) -> tuple[str, list[Block]]:
    done, total = int(payload["done"]), int(payload["total"])
    text = undo_words.returned(store, done, total)
    if done == total:
        return text, [section(f":white_check_mark: *{text}*")]
    left = escape(undo_words.not_back(payload["left"], total - done))
    return text, [section(f":warning: *{text}*"), *sections([left])]


def _followed(store: str, payload: Mapping[str, Any]) -> tuple[str, list[Block]]:
    text = fba_words.turned_on(store, int(payload["skus"]), payload["countries"])
    without = [fba_words.nothing_there(country, None) for country in payload["without"]]
    return text, [
        section(f":white_check_mark: *{text}*"),
        section(fba_words.FOLLOWS),
        *(quiet(line) for line in without),
    ]


def stopped(payload: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """Say who gave up turning sync on, or the undoing of it: (text, blocks)."""
    gave_up = undo_words.stopped if payload.get("phase") == "returning" else words.gave_up
    text = gave_up(escape(str(payload["actor"])), escape(short(str(payload["stores"][0]), NAME)))
    return text, [section(text)]
