"""Find what a person points at: an element in a modal, on the Home tab or in a message."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.slack.blockkit.elements import given_options
from sandbox.slack.blockkit.walk import elements_of
from sandbox.slack.errors import CannotDo
from sandbox.slack.inputs import initial_values
from sandbox.slack.messages import Messages
from sandbox.slack.models import Message, Values, View
from sandbox.slack.views import Views

Place = Literal["modal", "home", "view", "message"]


@dataclass(frozen=True)
class Spot:
    """One element with the block and the surface it stands in."""

    surface: View | Message
    block: dict[str, Any]
    element: dict[str, Any]
    values: Values

    @property
    def key(self) -> tuple[str, str]:
        return self.block["block_id"], self.element["action_id"]


class Finder:
    """Looks over one person's screen."""

    def __init__(self, views: Views, messages: Messages, user_id: str) -> None:
        self._views = views
        self._messages = messages
        self._user_id = user_id

    def find(
        self,
        action_id: str,
        *,
        block_id: str | None = None,
        value: str | None = None,
        on: Place | None = None,
        ts: str | None = None,
    ) -> Spot:
        """Return the one element meant.

        An open modal covers everything else, unless `on` or `ts` says where to look. Messages are
        searched from the newest. CannotDo if there is no such element, or several on one surface.
        """
        for surface in self._surfaces(on, ts):
            spots = list(self._on_surface(surface, action_id, block_id, value))
            if len(spots) > 1:
                places = ", ".join(spot.block["block_id"] for spot in spots)
                raise CannotDo(f"several {action_id}: say block_id or value (blocks {places})")
            if spots:
                return spots[0]
        raise CannotDo(f"there is no {action_id} on the {on or 'screen'}; {self._offer(on, ts)}")

    def _surfaces(self, on: Place | None, ts: str | None) -> Iterator[View | Message]:
        modal, home = self._views.top(self._user_id), self._views.home(self._user_id)
        if ts is None and on != "message":
            if modal is not None and on != "home":
                yield modal
                return
            if home is not None and on != "modal":
                yield home
        if on in (None, "message"):
            for message in reversed(self._messages.everything_seen_by(self._user_id)):
                if ts in (None, message.ts):
                    yield message

    def _on_surface(
        self, surface: View | Message, action_id: str, block_id: str | None, value: str | None
    ) -> Iterator[Spot]:
        blocks = surface.body["blocks"] if isinstance(surface, View) else surface.blocks
        for block in blocks:
            if block_id not in (None, block["block_id"]):
                continue
            for _, element in elements_of(block):
                if element["action_id"] == action_id and _carries(element, value):
                    yield Spot(surface, block, element, self._values(surface))

    def _values(self, surface: View | Message) -> Values:
        if isinstance(surface, View):
            return surface.values
        return surface.chosen.setdefault(self._user_id, initial_values(surface.blocks))

    def _offer(self, on: Place | None, ts: str | None) -> str:
        for surface in self._surfaces(on, ts):
            blocks = surface.body["blocks"] if isinstance(surface, View) else surface.blocks
            names = [element["action_id"] for block in blocks for _, element in elements_of(block)]
            if names:
                return f"there are: {', '.join(dict.fromkeys(names))}"
        return "there is nothing to act on"


def _carries(element: dict[str, Any], value: str | None) -> bool:
    """Return whether an element is the one with this value (a button's, or an option's)."""
    if value is None or element.get("value") == value:
        return True
    return any(isinstance(o, dict) and o["value"] == value for o in given_options(element))
