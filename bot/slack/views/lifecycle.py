"""The windows of pausing, resuming, turning off and disconnecting, and what is told of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    Option,
    OverflowMenuElement,
)
from slack_sdk.models.views import View

from bot.slack import words
from bot.slack.escape import escape, short
from bot.slack.ids import Act, Call
from bot.slack.views import which
from bot.slack.views.flow import groups_of
from bot.slack.views.kit import (
    NAME,
    are_you_sure,
    button,
    option,
    quiet,
    section,
    sections,
)
from bot.slack.views.notice import notice, window
from connectors.catalog import PLATFORMS
from flows import fba_words, relocate_words
from flows import lifecycle as flow
from flows.engine import Aborted, Answer, Done, Offer, Say, ShowForm
from flows.lifecycle_words import GIVE_UP, MENU
from sync.stores import StoreSummary

Result = ShowForm | Offer | Done | Aborted
NAMED = 20  # stores that one message names
PLACES, FBA = "places", "fba"  # in a store's menu, beside the acts: these are wizards


def render(act: flow.Act, typed: str, result: Result) -> View:
    """Show a result; `typed` is what narrowed the stores down, so that a search does too."""
    match result:
        case ShowForm():
            return _which(act, typed, result)
        case Offer():
            blocks = [*_says(result.content), *(b for one in result.answers for b in _answer(one))]
            return window(result.title, blocks)
        case Done():
            return window(result.title, _says(result.content))
        case Aborted():
            return notice(result.title, result.text)


def store_menu(store: StoreSummary, *, begun: bool = False) -> OverflowMenuElement:
    """Offer what else can be done with a store; resuming has a button of its own.

    `begun`: the person has left a change of its places half done.
    """
    running = store.turning_on is not None
    held = flow.Store(
        store.id, store.name, store.sync_status, turning_on=running, ships=store.ships
    )
    acts = [act for act in flow.Act if act != flow.Act.RESUME and flow.fits(act, held)]
    gives_up = running and store.sync_status == "off"
    return OverflowMenuElement(
        action_id=Act.STORE_MENU,
        options=[
            option(
                f"{act}:{store.id}",
                GIVE_UP if gives_up and act == flow.Act.TURN_OFF else MENU[act],
            )
            for act in acts
        ]
        + _places(store, begun=begun),
    )


def _places(store: StoreSummary, *, begun: bool) -> list[Option]:
    if store.sync_status == "off":
        return []
    platform, found = PLATFORMS[store.platform], []
    if store.ships:
        name = relocate_words.resume if begun else relocate_words.title
        label = name(locations=platform.traits.locations)
        found.append(option(f"{PLACES}:{store.id}", label))
    if platform.tracks_fba:
        found.append(option(f"{FBA}:{store.id}", fba_words.CHANGE))
    return found


def resume_button(store: StoreSummary) -> ButtonElement:
    value = f"{flow.Act.RESUME}:{store.id}"
    return button(MENU[flow.Act.RESUME], Act.RESUME_SYNC, value, style="primary")


def read_wizard(value: str) -> tuple[str, int] | None:
    """Read which wizard of which store was picked on the Home tab, if it was one: PLACES or FBA."""
    what, _, store = value.partition(":")
    return (what, int(store)) if what in (PLACES, FBA) else None


def read_pick(value: str) -> tuple[flow.Act, str]:
    """Read which act on which store was picked on the Home tab. Raises ValueError."""
    act, _, store = value.partition(":")
    return flow.Act(act), store


def read_metadata(view: Mapping[str, Any]) -> tuple[flow.Act, str]:
    """Read which act a window is about, and what was typed."""
    held = json.loads(view["private_metadata"])
    return flow.Act(held["act"]), str(held["typed"])


def read_store(view: Mapping[str, Any]) -> str:
    """Read which store was chosen: its id, or all; empty when none was."""
    return which.picked(view, Act.STORE_SEARCH)


def told(payload: Mapping[str, Any]) -> tuple[str, list[Block]]:
    """Tell the channel who did what: (text, blocks)."""
    stores = [escape(short(str(name), NAME)) for name in payload["stores"]]
    more = len(stores) - NAMED
    names = [*stores[:NAMED], *([f"{more:,} more"] if more > 0 else [])]
    text = words.did(str(payload["act"]), escape(str(payload["actor"])), names)
    return text, sections([text])


def _which(act: flow.Act, typed: str, form: ShowForm) -> View:
    [choice] = form.choices()
    return which.window(
        Call.WHICH_STORE,
        form.position,
        groups_of(choice),
        search=Act.STORE_SEARCH,
        submit=form.submit,
        label=choice.label,
        about={"act": act, "typed": typed},
        value=choice.value,
        above=[quiet(escape(part.text)) for part in form.content if isinstance(part, Say)],
    )


def _says(content: Sequence[object]) -> list[Block]:
    return [b for part in content if isinstance(part, Say) for b in sections([escape(part.text)])]


def _answer(answer: Answer) -> list[Block]:
    """Show an answer as a button, beside what it would do where that has to be told."""
    sure = answer.sure
    pressed = button(
        answer.label,
        Act.STORE_ACT,
        answer.value,
        style="danger" if sure else "primary",
        confirm=are_you_sure(sure.title, sure.text, sure.yes, sure.no) if sure else None,
    )
    if answer.text:
        return [section(escape(answer.text), accessory=pressed)]
    return [ActionsBlock(elements=[pressed])]
