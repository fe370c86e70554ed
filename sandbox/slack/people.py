"""A person at their screen: the verbs of a client."""

import re
from typing import TYPE_CHECKING, Any, Final

from sandbox.slack.acts import Acts
from sandbox.slack.blockkit import check_options_answer
from sandbox.slack.blockkit.elements import given_options
from sandbox.slack.errors import CannotDo, Refused
from sandbox.slack.inputs import TEXT_INPUTS, entry_for, submission_errors
from sandbox.slack.inspector import Record
from sandbox.slack.models import Channel, Message, User, View
from sandbox.slack.screen import Screen
from sandbox.slack.spots import Finder, Place, Spot
from sandbox.slack.submitting import apply_answer
from sandbox.slack.tickets import ResponseUrl

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace

TROUBLE_CONNECTING: Final = "We had some trouble connecting. Try again?"
NO_RESULT: Final = "Result not available"
_DEFAULT_QUERY_LENGTH: Final = 3  # Slack: min_query_length is 3 unless given


class Person(Screen):
    """One member of the workspace, acting on what stands on their screen."""

    def __init__(self, workspace: "Workspace", user: User) -> None:
        super().__init__(workspace, user)
        self._finder = Finder(workspace.views, workspace.messages, user.id)
        self._acts = Acts(workspace, user)
        # Options an app suggested: (surface, block_id, action_id) -> options.
        self._suggested: dict[tuple[str, str, str], list[dict[str, Any]]] = {}

    async def slash(self, text: str, channel: str = "general") -> None:
        """Type a slash command, as `/stock status`, in a channel."""
        self._begin()
        place = self._member_of(channel)
        word, _, rest = text.strip().partition(" ")
        if not word.startswith("/"):
            raise CannotDo(f"{word} is not a slash command")
        commands = self._workspace.manifest.commands
        command = commands.get(word)
        if command is None:
            self.notice = f"{word} is not a valid command. There are: {', '.join(commands)}"
            return
        said = _escaped(rest.strip())
        if command.should_escape:
            said = self._with_ids(said)
        outcome = await self._acts.command(place, command, said)
        if outcome.trouble is None:
            self._show_command_answer(word, place, outcome.answer)
        elif outcome.trouble == "operation_timeout":
            self.notice = (
                f"{word} failed because the app did not respond. "
                "Please try again or contact the app developer."
            )
        else:
            self.notice = f'{word} failed with the error "{outcome.trouble}"'

    async def click(
        self,
        action_id: str,
        block_id: str | None = None,
        value: str | None = None,
        on: Place | None = None,
        ts: str | None = None,
        *,
        confirm: bool = True,
    ) -> None:
        """Press a button; `confirm` answers its confirm dialog, if it has one."""
        self._begin()
        spot = self._finder.find(action_id, block_id=block_id, value=value, on=on, ts=ts)
        if spot.element["type"] != "button":
            raise CannotDo(f"{action_id} is no button: use choose or type")
        await self._act(spot, {}, confirm=confirm)

    async def choose(
        self,
        action_id: str,
        answer: object,
        block_id: str | None = None,
        on: Place | None = None,
        ts: str | None = None,
        *,
        confirm: bool = True,
    ) -> None:
        """Choose in a select, radio buttons, checkboxes, a picker or an overflow menu.

        `answer` is an option's value, an id or `#channel`, a date or time; a list for those that
        take several (it replaces the earlier choice); None empties.
        """
        self._begin()
        spot = self._finder.find(action_id, block_id=block_id, on=on, ts=ts)
        kind = spot.element["type"]
        if kind in TEXT_INPUTS or kind in ("button", "rich_text_input"):
            raise CannotDo(f"{action_id} is a {kind}: use type or click")
        if kind == "overflow":
            options = [option for option in given_options(spot.element) if isinstance(option, dict)]
            chosen = next((option for option in options if option["value"] == answer), None)
            if chosen is None:
                raise CannotDo(f"no option {answer!r} in {action_id}")
            await self._act(spot, {"selected_option": chosen}, confirm=confirm)
            return
        entry = entry_for(self._with_suggestions(spot), self._as_ids(spot.element, answer))
        if spot.element.get("confirm") and not confirm:
            return
        self._enter(spot, entry)
        if spot.block["type"] != "input" or spot.block["dispatch_action"]:
            await self._act(spot, entry, confirm=confirm)

    async def type(
        self,
        action_id: str,
        text: str | None,
        block_id: str | None = None,
        on: Place | None = None,
        *,
        enter: bool = False,
    ) -> None:
        """Replace the text of an input; `enter` presses the key afterwards."""
        self._begin()
        spot = self._finder.find(action_id, block_id=block_id, on=on)
        if spot.element["type"] not in TEXT_INPUTS | {"rich_text_input"}:
            raise CannotDo(f"{action_id} takes no text: use choose or click")
        entry = entry_for(spot.element, text)
        self._enter(spot, entry)
        if not spot.block.get("dispatch_action"):
            return
        settings = spot.element.get("dispatch_action_config", {})
        causes = settings.get("trigger_actions_on", ["on_enter_pressed"])
        if "on_character_entered" in causes or (enter and "on_enter_pressed" in causes):
            await self._act(spot, entry, confirm=True)

    async def suggest(
        self, action_id: str, query: str, block_id: str | None = None, on: Place | None = None
    ) -> list[dict[str, Any]]:
        """Type into an external select and return the options that the app suggests.

        A query shorter than the element's min_query_length asks nobody.
        """
        self._begin()
        spot = self._finder.find(action_id, block_id=block_id, on=on)
        if not spot.element["type"].endswith("external_select"):
            raise CannotDo(f"{action_id} is no external select")
        if len(query) < spot.element.get("min_query_length", _DEFAULT_QUERY_LENGTH):
            return []
        outcome = await self._acts.suggestion(spot, query)
        answer = outcome.answer if isinstance(outcome.answer, dict) else {}
        problems = check_options_answer(answer) if outcome.acknowledged else ["no answer"]
        if problems:
            self.notice = NO_RESULT
            if outcome.acknowledged:
                self._note_refusal("block_suggestion answer", answer, "invalid_options_response")
            return []
        self._workspace.inspector.show("options", answer, "block_suggestion")
        options = [option for option in given_options(answer) if isinstance(option, dict)]
        self._suggested[(_surface_id(spot.surface), *spot.key)] = options
        return options

    async def submit(self) -> None:
        """Press the modal's submit button; nothing is sent while the client finds mistakes."""
        self._begin()
        view = self._top_modal()
        if view.body["submit"] is None:
            raise CannotDo("this modal has no submit button")
        view.errors = submission_errors(view.body["blocks"], view.values)
        self._workspace.changes.bump()
        if view.errors:
            return
        outcome = await self._acts.submission(view)
        if not outcome.acknowledged or not apply_answer(self._workspace, view, outcome.answer):
            self.notice = TROUBLE_CONNECTING
            self._workspace.changes.bump()

    async def close(self, *, everything: bool = False) -> None:
        """Close the topmost modal by its button, or `everything` by the X of a stack."""
        self._begin()
        view = self._top_modal()
        if everything or view.body["clear_on_close"]:
            closed = self._workspace.views.clear(self.id)
        else:
            self._workspace.views.close(view)
            closed = [view]
        cleared = everything or bool(view.body["clear_on_close"])
        for one in closed:
            if one.body["notify_on_close"]:
                await self._acts.closed(one, is_cleared=cleared)

    async def open_home(self, tab: str = "home") -> None:
        """Open the app's Home tab (or its `messages` tab)."""
        self._begin()
        if tab == "home" and not self._workspace.manifest.home_tab:
            raise CannotDo("the app has no Home tab")
        channel = self._workspace.directory.direct(self.id)
        view = self.home if tab == "home" else None
        await self._workspace.events.home_opened(self.id, channel.id, tab, view)

    async def say(self, text: str, channel: str = "general", thread_ts: str | None = None) -> str:
        """Say something and return its `ts`; `@name` mentions somebody."""
        self._begin()
        place = self._member_of(channel)
        workspace = self._workspace
        manifest = workspace.manifest
        if place.kind == "im" and (manifest.messages_tab_read_only or not manifest.messages_tab):
            raise CannotDo("the app takes no direct messages")
        message = workspace.messages.add(
            Message(
                channel=place.id,
                ts=workspace.messages.new_ts(place.id),
                user=self.id,
                team_id=self.user.team_id,
                text=self._with_ids(text),
                thread_ts=workspace.messages.root_of(place.id, thread_ts),
            )
        )
        body = workspace.messages.as_payload(message)
        bot = workspace.app.bot_user_id
        if bot in place.members:
            await workspace.events.said(place, body)
            if f"<@{bot}>" in message.text and place.kind != "im":
                await workspace.events.mentioned(place, body)
        return message.ts

    async def react(self, emoji: str, ts: str, channel: str = "stock-alerts") -> None:
        """Add an emoji to a message."""
        self._begin()
        place = self._member_of(channel)
        message = self._workspace.messages.find(place.id, ts)
        if message is None:
            raise CannotDo(f"there is no message {ts}")
        people = message.reactions.setdefault(emoji, [])
        if self.id not in people:
            people.append(self.id)
        self._workspace.messages.changed()
        item = {"channel": place.id, "ts": ts}
        await self._workspace.events.reacted(self.id, emoji, item, message.user)

    async def invite(self, channel: str, who: str | None = None) -> None:
        """Invite somebody (the bot, if nobody is named) to a channel."""
        self._begin()
        place = self._member_of(channel)
        user_id = self._somebody(who) if who else self._workspace.app.bot_user_id
        self._workspace.join(place, user_id, inviter=self.id)

    async def remove(self, channel: str, who: str | None = None) -> None:
        """Remove somebody (the bot, if nobody is named) from a channel."""
        self._begin()
        place = self._member_of(channel)
        user_id = self._somebody(who) if who else self._workspace.app.bot_user_id
        place.members.discard(user_id)
        self._workspace.changes.bump()

    def _begin(self) -> None:
        self.notice = None
        self.warnings = []

    async def _act(self, spot: Spot, entry: dict[str, Any], *, confirm: bool) -> None:
        if spot.element.get("confirm") and not confirm:
            return
        outcome = await self._acts.action(spot, entry)
        if not outcome.acknowledged:
            self.warnings.append(spot.key)
            self._workspace.changes.bump()

    def _enter(self, spot: Spot, entry: dict[str, Any]) -> None:
        block_id, action_id = spot.key
        spot.values[block_id][action_id] = entry
        if isinstance(spot.surface, View):
            spot.surface.errors.pop(block_id, None)
        self._workspace.changes.bump()

    def _with_suggestions(self, spot: Spot) -> dict[str, Any]:
        suggested = self._suggested.get((_surface_id(spot.surface), *spot.key))
        return {**spot.element, "options": suggested} if suggested else spot.element

    def _as_ids(self, element: dict[str, Any], answer: object) -> object:
        """Let people name channels and users as they see them."""
        kind = str(element["type"])
        if isinstance(answer, list):
            return [self._as_ids(element, one) for one in answer]
        if not isinstance(answer, str):
            return answer
        if kind.endswith(("channels_select", "conversations_select")):
            return self._offered_channel(element, answer).id
        if kind.endswith("users_select"):
            return self._somebody(answer)
        return answer

    def _offered_channel(self, element: dict[str, Any], reference: str) -> Channel:
        channel = self.channel(reference)
        kinds = element.get("filter", {}).get("include")
        if element["type"].endswith("channels_select"):
            kinds = ["public"]
        if kinds is not None and channel.kind not in kinds:
            raise CannotDo(f"{reference} is not offered: only {', '.join(kinds)}")
        return channel

    def _somebody(self, name: str) -> str:
        try:
            return self._workspace.directory.user(name).id
        except KeyError:
            raise CannotDo(f"nobody is called {name}") from None

    def _with_ids(self, text: str) -> str:
        """Turn `@name` and `#channel` into what Slack sends for them."""
        directory = self._workspace.directory

        def user(match: re.Match[str]) -> str:
            try:
                return f"<@{directory.user(match[1]).id}>"
            except KeyError:
                return match[0]

        def channel(match: re.Match[str]) -> str:
            found = directory.find_channel(match[1])
            return f"<#{found.id}|{found.name}>" if found else match[0]

        text = re.sub(r"(?<!<)@([\w.-]+)", user, text)
        return re.sub(r"(?<!<)#([\w-]+)", channel, text)

    def _member_of(self, reference: str) -> Channel:
        channel = self.channel(reference)
        if self.id not in channel.members:
            raise CannotDo(f"{self.name} is not in {reference}")
        return channel

    def _top_modal(self) -> View:
        view = self._workspace.views.top(self.id)
        if view is None:
            raise CannotDo("no modal is open")
        return view

    def _show_command_answer(self, word: str, channel: Channel, answer: Any) -> None:
        if answer in (None, "", {}):
            return
        body = answer if isinstance(answer, dict) else {"text": str(answer)}
        ticket = ResponseUrl(channel.id, self.id, self._workspace.now(), None)
        try:
            self._workspace.late_answers.apply(ticket, body, source="command answer")
        except Refused as refusal:
            self.notice = f'{word} failed with the error "invalid_command_response"'
            self._note_refusal("command answer", refusal.answer(), "invalid_command_response")

    def _note_refusal(self, name: str, answer: Any, error: str) -> None:
        record = Record("delivery", name, None, answer, 0.0, error)
        self._workspace.inspector.note(record)


def _escaped(text: str) -> str:
    """Write what was typed after a command as Slack hands it over."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _surface_id(surface: View | Message) -> str:
    return surface.id if isinstance(surface, View) else f"{surface.channel}/{surface.ts}"
