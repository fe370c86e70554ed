"""Pausing, resuming, turning off, disconnecting: which store, then what would happen, yes or no.

Nothing is entered that a closed window could lose, so these flows keep no draft: a
window names its store, and whatever is pressed is held against the store as it is then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from flows import lifecycle_words as words
from flows.engine import (
    Aborted,
    Answer,
    Choice,
    Done,
    Group,
    Offer,
    Option,
    Say,
    ShowForm,
    Tone,
)
from flows.words import NEXT

EVERY = "all"  # instead of a store: all of them that the act fits
STORE = "store"  # the key of the question which store is meant


class Act(StrEnum):
    """What can be done with a store whose sync was turned on."""

    PAUSE = "pause"
    RESUME = "resume"
    TURN_OFF = "turn_off"
    DISCONNECT = "disconnect"


FOR_ALL = frozenset({Act.PAUSE, Act.RESUME})
OpenLines = Literal["release", "keep"]


@dataclass(frozen=True, slots=True)
class Store:
    """A store as these flows see it, by a name that tells it apart from the others.

    The open units are those committed for its orders. Of one that `ships` nothing, since its
    platform does, only FBA is followed; `follows`: it is.
    """

    id: int
    name: str
    sync_status: str
    turning_on: bool
    connected: bool = True
    open_orders: int = 0
    open_units: int = 0
    ships: bool = True
    follows: bool = False
    platform: str = ""  # as people call it


@dataclass(frozen=True, slots=True)
class Press:
    """What a person confirmed: an act on one store, or on all that it fits."""

    act: Act
    store_id: int | None
    open_lines: OpenLines = "keep"

    def __str__(self) -> str:
        return f"{self.act}:{self.store_id or EVERY}:{self.open_lines}"

    @classmethod
    def read(cls, value: str) -> Press:
        """Read what `str` wrote. Raises ValueError."""
        act, store, lines = value.split(":")
        kept: OpenLines = "release" if lines == "release" else "keep"
        if store != EVERY:
            return cls(Act(act), int(store), kept)
        if Act(act) not in FOR_ALL:
            raise ValueError(f"{act} is for one store at a time")
        return cls(Act(act), None, kept)


def fits(act: Act, store: Store) -> bool:
    """Say whether the act would change anything for a store."""
    match act:
        case Act.PAUSE:
            return store.connected and store.sync_status == "on" and store.ships
        case Act.RESUME:
            return store.connected and store.sync_status == "paused"
        case Act.TURN_OFF:
            return store.connected and (store.sync_status != "off" or store.turning_on)
        case Act.DISCONNECT:
            return store.connected


def unfollows(act: Act, store: Store) -> bool:
    """Say whether the act ends the following of FBA stock, which is all that a store is on for."""
    return act == Act.TURN_OFF and not store.ships


def ask(act: Act, stores: Sequence[Store], chosen: str | None = None) -> ShowForm | Offer | Aborted:
    """Ask which of the stores that could be meant, then whether to do it.

    `chosen`: the id of one of them, or EVERY.
    """
    together = chosen == EVERY and act in FOR_ALL
    if chosen is not None and not together:
        stores = [store for store in stores if str(store.id) == chosen]
    fitting = [store for store in stores if fits(act, store)]
    if not fitting:
        return _nothing(act, stores)
    if together or len(fitting) == 1:
        return _offer(act, fitting, every=together)
    return _which(act, fitting)


def outcome(act: Act, stores: Sequence[Store]) -> Done | Aborted:
    """Say how things stand after the act, whoever did it: a second click is told the same."""
    there = [store for store in stores if _stands(act, store)]
    if not there:
        return _nothing(act, stores)
    if unfollows(act, there[0]):
        return Done(words.TITLES[act], (Say(words.stands_unfollowed(there[0].name)),))
    stands = Say(words.stands(act, [store.name for store in there]))
    return Done(words.TITLES[act], (stands, *_besides(act, there[0])))


def _which(act: Act, stores: Sequence[Store]) -> ShowForm:
    options = tuple(Option(str(store.id), store.name, store.platform) for store in stores)
    groups = [Group(words.STORES, options)]
    if act in FOR_ALL:
        groups.insert(0, Group(words.TOGETHER, (Option(EVERY, words.every(len(stores))),)))
    return ShowForm(
        step="which",
        position=words.TITLES[act],
        title=words.WHICH,
        content=(
            Say(words.WHICH_WHAT, Tone.QUIET),
            Choice(STORE, words.WHICH, tuple(groups), words.CHOOSE_STORE),
        ),
        submit=NEXT,
        back=False,
    )


def _offer(act: Act, stores: Sequence[Store], *, every: bool = False) -> Offer:
    names = [store.name for store in stores]
    store_id = None if every else stores[0].id
    title, only = words.TITLES[act], str(Press(act, store_id))
    if act == Act.TURN_OFF and stores[0].sync_status == "off":
        what, answer = words.what_given_up(names[0]), Answer(only, words.GIVE_UP)
        return Offer(title, (Say(what),), (answer,))
    if unfollows(act, stores[0]):
        answer = Answer(only, words.MENU[act], sure=words.UNFOLLOW_SURE)
        return Offer(title, (Say(words.what_unfollowed(names[0])),), (answer,))
    content = (Say(words.what(act, names)), *_besides(act, stores[0]))
    if act == Act.DISCONNECT and stores[0].open_units:
        waiting = Say(words.still_to_send(stores[0].open_orders, stores[0].open_units))
        return Offer(title, (*content, waiting), _about_lines(stores[0].id))
    sure = words.sure(act, many=len(stores) > 1)
    return Offer(title, content, (Answer(only, words.MENU[act], sure=sure),))


def _besides(act: Act, store: Store) -> tuple[Say, ...]:
    """Say what ends beside the orders and numbers of a store that ships both ways."""
    return (Say(words.UNFOLLOWED_TOO),) if act == Act.TURN_OFF and store.follows else ()


def _about_lines(store_id: int) -> tuple[Answer, ...]:
    kinds: tuple[OpenLines, ...] = ("release", "keep")
    return tuple(
        Answer(
            str(Press(Act.DISCONNECT, store_id, lines)),
            words.LINES_BUTTONS[lines],
            words.LINES_WHAT[lines],
            words.LINES_SURE[lines],
        )
        for lines in kinds
    )


def _stands(act: Act, store: Store) -> bool:
    """Say whether a store is as the act leaves it."""
    match act:
        case Act.PAUSE:
            return store.connected and store.sync_status == "paused"
        case Act.RESUME:
            return store.connected and store.sync_status == "on"
        case Act.TURN_OFF:
            return store.connected and store.sync_status == "off" and not store.turning_on
        case Act.DISCONNECT:
            return not store.connected


def _nothing(act: Act, stores: Sequence[Store]) -> Aborted:
    """Say why there is nothing to do for these stores."""
    if not stores or not any(store.connected for store in stores):
        return Aborted(words.TITLES[act], words.GONE)
    if len(stores) > 1:
        return Aborted(words.TITLES[act], words.NONE_FIT[act])
    [store] = stores
    if _stands(act, store):
        return Aborted(words.TITLES[act], words.already(act, store.name))
    state = "turning_on" if store.turning_on else store.sync_status
    if act == Act.PAUSE and not store.ships and store.sync_status == "on":
        state = "followed"
    return Aborted(words.TITLES[act], words.no_fit(act, store.name, state))
