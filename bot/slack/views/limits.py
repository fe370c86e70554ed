"""The windows of a store's buffer and maximum: what is wanted, what it changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block, PlainTextInputElement
from slack_sdk.models.views import View

from bot.slack import limits_words as words
from bot.slack import routine_words
from bot.slack.escape import escape
from bot.slack.ids import VALUE, Act, Call, Field
from bot.slack.views.kit import asked, button, plain, quiet, section, sections
from bot.slack.words import BACK, CANCEL
from connectors.catalog import PLATFORMS
from flows import agreement_words, fba_words
from flows.plan_words import KINDS, SAMPLE_TITLE, sample
from flows.relocate_words import title
from flows.stocking_words import OPEN
from storage.rows import StoreRow
from sync.limits import Limits
from sync.stocking import consent_of, offered
from sync.store_limits import LimitsPlan, limits_of

NUMBER_LENGTH = 20  # longer than any number that is accepted, so that the server can say why


def form(store: StoreRow, shown: Limits, *, problem: str = "") -> View:
    """Ask for the limits."""
    most = "" if shown.maximum is None else str(shown.maximum)
    blocks: list[Block] = [
        *([section(f":warning: {escape(problem)}")] if problem else []),
        *sections([f"*{escape(store.name)}*", escape(words.what(store.name))]),
        asked(
            words.BUFFER,
            PlainTextInputElement(
                action_id=VALUE, max_length=NUMBER_LENGTH, initial_value=str(shown.buffer)
            ),
            block_id=Field.BUFFER,
            hint=words.BUFFER_HINT,
        ),
        asked(
            words.MAXIMUM,
            PlainTextInputElement(
                action_id=VALUE, max_length=NUMBER_LENGTH, initial_value=most or None
            ),
            block_id=Field.MAXIMUM,
            hint=words.MAXIMUM_HINT,
            optional=True,
        ),
        _others(store),
    ]
    return _modal(Call.LIMITS, words.NEXT, _metadata(store.id, limits_of(store), shown), blocks)


def _others(store: StoreRow) -> ActionsBlock:
    """Offer what else can be set: routine, warehouses shown, where items are stocked, renewals."""
    buttons = [button(routine_words.OPEN, Act.ROUTINE, str(store.id))]
    if store.sync_status != "off" and PLATFORMS[store.platform].tracks_fba:
        buttons.append(button(fba_words.CHANGE, Act.FOLLOW_FBA, str(store.id)))
    if store.sync_status != "off" and store.ships:
        label = title(locations=PLATFORMS[store.platform].traits.locations)
        buttons.append(button(label, Act.CHANGE_PLACES, str(store.id)))
    if offered(store.platform) and (store.sync_status != "off" or consent_of(store)):
        buttons.append(button(OPEN, Act.STOCKING, str(store.id)))
    if PLATFORMS[store.platform].renewal_fee is not None:
        buttons.append(button(agreement_words.OPEN, Act.RENEWALS, str(store.id)))
    return ActionsBlock(elements=buttons)


def confirm(store: StoreRow, wanted: Limits, plan: LimitsPlan) -> View:
    """Show what the limits would change."""
    kinds = [
        f"• {label}: *{plan.counts[kind]:,}*"
        for kind, label in KINDS.items()
        if plan.counts.get(kind)
    ]
    lines = [
        f"• {escape(sample(one.sku, one.location, one.now, one.becomes, ()))}"
        for one in plan.sample
    ]
    sync = {"off": words.OFF, "paused": words.PAUSED}.get(store.sync_status)
    blocks: list[Block] = [
        *sections([escape(words.wanted(store.name, wanted.buffer, wanted.maximum))]),
        *sections(kinds if plan.changing else [], escape(words.effect(plan.changing, plan.total))),
        *(sections(lines, f"*{SAMPLE_TITLE}*") if lines else []),
        *([section(f":warning: {words.ALERT}")] if plan.counts.get("to_zero") else []),
        *([quiet(sync)] if sync else []),
        *([quiet(words.BREAKER)] if plan.changing else []),
        ActionsBlock(elements=[button(BACK, Act.LIMITS_BACK)]),
    ]
    held = _metadata(store.id, limits_of(store), wanted)
    return _modal(Call.LIMITS_SAVE, words.SAVE, held, blocks)


def read_metadata(view: Mapping[str, Any]) -> tuple[int, Limits, Limits]:
    """Read which store a view is about, the limits it had, and those that are wanted."""
    held = json.loads(view["private_metadata"])
    return int(held["store"]), Limits(*held["before"]), Limits(*held["wanted"])


def _metadata(store_id: int, before: Limits, wanted: Limits) -> str:
    return json.dumps(
        {
            "store": store_id,
            "before": [before.buffer, before.maximum],
            "wanted": [wanted.buffer, wanted.maximum],
        }
    )


def _modal(call: Call, submit: str, held: str, blocks: list[Block]) -> View:
    return View(
        type="modal",
        callback_id=call,
        title=plain(words.TITLE),
        submit=plain(submit),
        close=plain(CANCEL),
        private_metadata=held,
        blocks=blocks,
    )
