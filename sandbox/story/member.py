"""A person in the local Slack, acting over its control API by what stands on the screen.

They know no ids: a button is found by its words, a field by its label, a choice
by the text of its option, as a person would.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
Json = dict[str, Any]

CHANNELS = ("channels_select", "conversations_select")
PEOPLE = ("users_select",)
PATIENCE = 30.0  # seconds a person looks at the screen before giving up


class StuckError(Exception):
    """A person does not find on the screen what should stand there."""


@dataclass(frozen=True)
class Spot:
    """One element of a block, and the words it stands under."""

    action_id: str
    block_id: str
    element: Json
    label: str

    @property
    def says(self) -> str:
        return words_of(self.element.get("text"))

    @property
    def options(self) -> list[Json]:
        """Everything to choose from, groups taken apart."""
        groups = [group["options"] for group in self.element.get("option_groups", [])]
        return [*self.element.get("options", []), *(one for group in groups for one in group)]


class Member:
    """One person of the workspace at `address`."""

    def __init__(self, http: httpx.AsyncClient, address: str, name: str) -> None:
        self._http = http
        self._address = address
        self.name = name

    async def screen(self) -> Json:
        """Read everything this person sees."""
        answer = await self._http.get(
            f"{self._address}/_sandbox/state", params={"person": self.name}
        )
        return _read(answer)

    async def until(
        self, what: str, look: Callable[[Json], T | None], patience: float = PATIENCE
    ) -> T:
        """Look until something shows, and return it. Raises StuckError, saying what was awaited."""
        deadline = time.monotonic() + patience
        screen = await self.screen()
        while not (found := look(screen)):
            left = deadline - time.monotonic()
            if left <= 0:
                raise StuckError(
                    f"{self.name} waited {patience:.0f} s for {what}; sees {_gist(screen)}"
                )
            answer = await self._http.get(
                f"{self._address}/_sandbox/state",
                params={"person": self.name, "after": screen["revision"], "wait": min(left, 5)},
            )
            screen = _read(answer)
        return found

    async def slash(self, text: str, channel: str = "general") -> None:
        await self._do("slash", text=text, channel=channel)

    async def ask(self, text: str, channel: str = "general") -> str:
        """Type a slash command and return the words of what it answers."""
        before = len((await self.screen())["ephemerals"])
        await self.slash(text, channel)
        answer: Json = await self.until(
            f"an answer to {text}",
            lambda screen: screen["ephemerals"][before:] and screen["ephemerals"][-1],
        )
        return text_of(answer)

    async def open_home(self) -> None:
        await self._do("open_home")

    async def press(self, words: str, *, on: str = "modal") -> None:
        """Press the button that says so, on the `modal`, the `home` tab or in a channel's messages."""
        spot = await self.until(f'the button "{words}"', lambda screen: _button(screen, words, on))
        place = on if on in ("modal", "home") else "message"
        value = spot.element.get("value")
        args = {"action_id": spot.action_id, "block_id": spot.block_id, "on": place}
        await self._do("click", **args, **({"value": value} if value else {}))

    async def choose(self, option: str) -> None:
        """Choose the option of the modal that begins with these words."""
        spot, value = await self.until(
            f'the choice "{option}"', lambda screen: _option(screen, option)
        )
        args = {"action_id": spot.action_id, "block_id": spot.block_id, "on": "modal"}
        await self._do("choose", **args, answer=value)

    async def choose_all(self, *options: str) -> None:
        """Choose several options of one field of the modal, each by its words, in this order."""
        found = [
            await self.until(f'the choice "{one}"', partial(_option, option=one)) for one in options
        ]
        spot = found[0][0]
        args = {"action_id": spot.action_id, "block_id": spot.block_id, "on": "modal"}
        await self._do("choose", **args, answer=[value for _, value in found])

    async def pick_channel(self, channel: str) -> None:
        """Choose a channel in the modal's channel field."""
        await self._pick("a field for a channel", CHANNELS, channel)

    async def pick_person(self, name: str) -> None:
        """Choose somebody in the modal's field for people."""
        await self._pick("a field for somebody", PEOPLE, name)

    async def _pick(self, what: str, kinds: tuple[str, ...], answer: str) -> None:
        spot = await self.until(
            what,
            lambda screen: next(
                (spot for spot in _spots(screen, "modal") if spot.element["type"] in kinds), None
            ),
        )
        await self._do("choose", action_id=spot.action_id, block_id=spot.block_id, answer=answer)

    async def fill(self, label: str, text: str) -> None:
        """Type into the modal's field of that label."""
        spot = await self.until(
            f'the field "{label}"',
            lambda screen: next(
                (
                    spot
                    for spot in _spots(screen, "modal")
                    if label.lower() in spot.label.lower() and "input" in spot.element["type"]
                ),
                None,
            ),
        )
        await self._do("type", action_id=spot.action_id, block_id=spot.block_id, text=text)

    async def submit(self, words: str) -> None:
        """Press the modal's own button, which has to say these words. Raises StuckError on errors."""
        await self.until(
            f'a modal with the button "{words}"',
            lambda screen: screen["modal"] and words_of(screen["modal"]["submit"]) == words,
        )
        screen = await self._do("submit")
        if screen["errors"] or screen["notice"]:
            raise StuckError(
                f"{self.name} submitted and reads {screen['errors'] or screen['notice']}"
            )

    async def leave_modal(self) -> None:
        """Close whatever modal is still open, once it says how things ended."""
        await self.until(
            "the modal to end", lambda screen: not screen["modal"] or not screen["modal"]["submit"]
        )
        if (await self.screen())["modal"]:
            await self._do("close", everything=True)

    async def close_modal(self, words: str) -> None:
        """Close a modal that goes on, once it says so."""
        await self.until(f"a modal with {words}", lambda screen: words in text_of(screen["modal"]))
        await self._do("close", everything=True)

    async def thread(self, channel: str, ts: str) -> list[Json]:
        """Read a thread: the parent and its replies."""
        answer = await self._http.get(
            f"{self._address}/_sandbox/thread",
            params={"person": self.name, "channel": channel, "ts": ts},
        )
        messages: list[Json] = _read(answer)["messages"]
        return messages

    async def _do(self, verb: str, **args: Any) -> Json:
        body = {"person": self.name, "verb": verb, "args": args}
        screen = _read(await self._http.post(f"{self._address}/_sandbox/do", json=body))
        if screen["notice"] and verb != "submit":
            raise StuckError(f"{self.name} reads: {screen['notice']}")
        return screen


def words_of(text: Json | None) -> str:
    """Return the words of one text object."""
    return str(text["text"]) if text else ""


def text_of(surface: object) -> str:
    """Gather everything a view or message says, block by block, in reading order."""
    return "\n".join(_texts(surface))


def link_in(text: str) -> str:
    """Find the one-time link in what the bot answered."""
    found = re.search(r"https?://[^\s|>\"\\]+/connect/[\w-]+", text)
    if found is None:
        raise StuckError(f"no link in: {text}")
    return found.group()


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, list):
        for one in node:
            yield from _texts(one)
    elif isinstance(node, dict):
        for key, one in node.items():
            if key in ("text", "url", "alt_text") and isinstance(one, str):
                yield one
            elif key not in ("private_metadata", "state", "type"):
                yield from _texts(one)


def _button(screen: Json, words: str, on: str) -> Spot | None:
    for spot in _spots(screen, on):
        if spot.element["type"] == "button" and spot.says.strip() == words:
            return spot
    return None


def _option(screen: Json, option: str) -> tuple[Spot, str] | None:
    for spot in _spots(screen, "modal"):
        for one in spot.options:
            if words_of(one["text"]).lower().startswith(option.lower()):
                return spot, one["value"]
    return None


def _spots(screen: Json, on: str) -> Iterator[Spot]:
    """List the elements of the modal, of the Home tab, or of a channel's messages, newest first."""
    if on in ("modal", "home"):
        surfaces = [screen[on]] if screen[on] else []
    else:
        surfaces = list(reversed(screen["channels"][on]))
    for surface in surfaces:
        heading = ""
        for block in surface.get("blocks", []):
            own = text_of(
                {k: v for k, v in block.items() if k not in ("elements", "accessory", "element")}
            )
            heading = own or heading
            elements = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
            for element in elements:
                if isinstance(element, dict) and "action_id" in element:
                    yield Spot(element["action_id"], block["block_id"], element, own or heading)


def _read(answer: httpx.Response) -> Json:
    if answer.status_code != 200:
        raise StuckError(f"{answer.request.url.path}: {answer.text}")
    body: Json = answer.json()
    return body


def _gist(screen: Json) -> str:
    """Say shortly what stands on the screen, for whoever has to find out what went wrong."""
    seen = {
        "notice": screen["notice"],
        "errors": screen["errors"],
        "modal": text_of(screen["modal"])[:600],
        "latest": [text_of(one)[:300] for one in screen["ephemerals"][-2:]],
        "alerts": [text_of(one)[:300] for one in screen["channels"].get("stock-alerts", [])[-3:]],
    }
    return json.dumps({key: value for key, value in seen.items() if value}, ensure_ascii=False)
