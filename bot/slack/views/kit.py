"""Blocks as we use them. Whatever comes from a store is escaped before it gets here as mrkdwn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ConfirmObject,
    ContextBlock,
    HeaderBlock,
    InputBlock,
    MarkdownTextObject,
    Option,
    OptionGroup,
    PlainTextObject,
    SectionBlock,
)
from slack_sdk.models.blocks.block_elements import (
    CheckboxesElement,
    ExternalDataMultiSelectElement,
    ExternalDataSelectElement,
    InputInteractiveElement,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
)

from bot.slack.escape import escape, short

TITLE = 24  # Slack: characters of a view's title, submit and close
TEXT = 3000  # Slack: characters of a section's text
HEADER = 150  # Slack: characters of a header
LABEL = 75  # Slack: characters of an option, its description, a button, a group's label
INPUT_LABEL = 2000  # Slack: characters of an input's label and hint
OPTIONS = 100  # Slack: options of a select, and of a group
OPEN_OPTIONS = 10  # Slack: radio buttons, or checkboxes, in one group
NAME = 150  # characters of a name; whole ones stand where they are set
SAID = 300  # characters of a note or of a store's own words; more would bury the numbers
PRODUCT = 255  # characters of a SKU or a title: as long as most stores let them be
# Slack: a view is 250 KB at most. An option takes up to 400 bytes, so 400 of them leave room.
OPTIONS_PER_VIEW = 400


def mrkdwn(text: str) -> MarkdownTextObject:
    """Make mrkdwn that Slack does not read names or links into by itself."""
    return MarkdownTextObject(text=text, verbatim=True)


def plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)


def section(text: str, *, accessory: ButtonElement | None = None) -> SectionBlock:
    return SectionBlock(text=mrkdwn(text), accessory=accessory)


def sections(lines: Iterable[str], head: str = "") -> list[Block]:
    """Put lines into as few sections as their length allows; none is cut off."""
    texts: list[str] = [head] if head else []
    for piece in (piece for line in lines for piece in _pieces(line)):
        if texts and len(texts[-1]) + 1 + len(piece) <= TEXT:
            texts[-1] = f"{texts[-1]}\n{piece}"
        else:
            texts.append(piece)
    return [section(text) for text in texts]


def _pieces(line: str) -> Iterable[str]:
    """Divide a line that is too long for one section, between words where there are any."""
    while len(line) > TEXT:
        cut = line.rfind(" ", 1, TEXT)
        cut = cut if cut > 0 else TEXT
        yield line[:cut]
        line = line[cut:].lstrip()
    yield line


def product_head(sku: str, title: str) -> SectionBlock:
    """Name the product that the rest is about."""
    return section(f"*{escape(short(sku, PRODUCT))}*\n{escape(short(title, PRODUCT))}")


def quiet(text: str) -> ContextBlock:
    return ContextBlock(elements=[mrkdwn(text)])


def header(text: str) -> HeaderBlock:
    return HeaderBlock(text=plain(short(text, HEADER)))


def button(
    text: str,
    act: str,
    value: str = "",
    *,
    style: str | None = None,
    confirm: ConfirmObject | None = None,
) -> ButtonElement:
    return ButtonElement(
        text=plain(short(text, LABEL)),
        action_id=act,
        value=value or None,
        style=style,
        confirm=confirm,
    )


def are_you_sure(title: str, text: str, yes: str, no: str) -> ConfirmObject:
    """Ask once more before an act that cannot be taken back by the next click."""
    return ConfirmObject(title=plain(title), text=plain(text), confirm=plain(yes), deny=plain(no))


def option(value: str, label: str, description: str = "") -> Option:
    return Option(
        value=value,
        text=plain(short(label, LABEL)),
        description=plain(short(description, LABEL)) if description else None,
    )


def asked(
    label: str,
    element: InputInteractiveElement,
    *,
    block_id: str,
    hint: str = "",
    optional: bool = False,
) -> InputBlock:
    return InputBlock(
        label=plain(short(label, INPUT_LABEL)),
        element=element,
        block_id=block_id,
        hint=plain(short(hint, INPUT_LABEL)) if hint else None,
        optional=optional,
    )


def menu(
    groups: Sequence[tuple[str, Sequence[Option]]],
    *,
    action_id: str,
    search_id: str,
    placeholder: str,
    value: str | None,
    room: int,
) -> InputInteractiveElement:
    """Let one option be picked: from a list, or by searching when there are more than `room`."""
    every = [one for _, options in groups for one in options]
    picked = next((one for one in every if one.value == value), None)
    if len(every) > min(room, OPTIONS):
        return ExternalDataSelectElement(
            action_id=search_id,
            placeholder=plain(placeholder),
            initial_option=picked,
            min_query_length=0,
        )
    if len(groups) == 1:
        return StaticSelectElement(
            action_id=action_id,
            placeholder=plain(placeholder),
            options=list(groups[0][1]),
            initial_option=picked,
        )
    return StaticSelectElement(
        action_id=action_id,
        placeholder=plain(placeholder),
        option_groups=_option_groups(groups),
        initial_option=picked,
    )


def several(
    groups: Sequence[tuple[str, Sequence[Option]]],
    *,
    action_id: str,
    search_id: str,
    placeholder: str,
    values: Sequence[str],
    room: int,
) -> InputInteractiveElement:
    """Let options be picked: few lie open, many unfold, more than `room` are searched in."""
    every = {one.value: one for _, options in groups for one in options}
    picked = [every[value] for value in values if value in every]
    if len(every) <= OPEN_OPTIONS:
        return CheckboxesElement(
            action_id=action_id, options=list(every.values()), initial_options=picked or None
        )
    if len(every) <= min(room, OPTIONS):
        return StaticMultiSelectElement(
            action_id=action_id,
            placeholder=plain(placeholder),
            option_groups=_option_groups(groups),
            initial_options=picked or None,
        )
    return ExternalDataMultiSelectElement(
        action_id=search_id,
        placeholder=plain(placeholder),
        initial_options=picked or None,
        min_query_length=0,
    )


def _option_groups(groups: Sequence[tuple[str, Sequence[Option]]]) -> list[OptionGroup]:
    return [
        OptionGroup(label=plain(short(label, LABEL)), options=list(options))
        for label, options in groups
    ]


def radio(options: Sequence[Option], *, action_id: str, value: str | None) -> RadioButtonsElement:
    picked = next((one for one in options if one.value == value), None)
    return RadioButtonsElement(action_id=action_id, options=list(options), initial_option=picked)


def found_options(groups: Sequence[tuple[str, Sequence[Option]]], typed: str) -> list[Option]:
    """List what a search finds; Slack shows 100 at most, and typing more narrows it down."""
    words = typed.casefold().split()
    return [
        one
        for _, options in groups
        for one in options
        if all(word in _shown(one) for word in words)
    ][:OPTIONS]


def _shown(one: Option) -> str:
    return str(one.to_dict()["text"]["text"]).casefold()
