"""Rich text: sections, lists, quotes, code, and what stands inside them."""

from sandbox.slack.blockkit.limits import limit
from sandbox.slack.blockkit.report import Check, Report
from sandbox.slack.blockkit.shapes import flag, items, one_of, shape, string, typed, whole

_STYLE = shape(
    {},
    dict.fromkeys(
        (
            "bold",
            "italic",
            "strike",
            "underline",
            "code",
            "highlight",
            "client_highlight",
            "unlink",
        ),
        flag,
    ),
)


def _leaf(kind: str, required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return shape({"type": one_of(kind), **required}, {"style": _STYLE, **(optional or {})})


_LEAF = typed(
    {
        "text": _leaf("text", {"text": string()}),
        "link": _leaf("link", {"url": string(1)}, {"text": string(), "unsafe": flag}),
        "emoji": _leaf("emoji", {"name": string(1)}, {"unicode": string(), "url": string()}),
        "user": _leaf("user", {"user_id": string(1)}),
        "usergroup": _leaf("usergroup", {"usergroup_id": string(1)}),
        "team": _leaf("team", {"team_id": string(1)}),
        "channel": _leaf("channel", {"channel_id": string(1)}),
        "broadcast": _leaf("broadcast", {"range": one_of("here", "channel", "everyone")}),
        "color": _leaf("color", {"value": string(1)}),
        "date": _leaf(
            "date",
            {"timestamp": whole(0), "format": string(1)},
            {"fallback": string(), "url": string(1)},
        ),
    }
)


def _border(report: Report, pointer: str, value: object) -> None:
    # Sources disagree on the greatest border width, so only its kind is checked.
    whole(0)(report, pointer, value)


_SECTION = shape({"type": one_of("rich_text_section"), "elements": items(_LEAF)})

_PARTS = typed(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": shape(
            {
                "type": one_of("rich_text_list"),
                "style": one_of("bullet", "ordered"),
                "elements": items(typed({"rich_text_section": _SECTION}), 1),
            },
            {
                "indent": whole(
                    limit("rich_text_list.indent.min"), limit("rich_text_list.indent.max")
                ),
                "offset": whole(limit("rich_text_list.offset.min")),
                "border": _border,
            },
        ),
        "rich_text_preformatted": shape(
            {"type": one_of("rich_text_preformatted"), "elements": items(_LEAF)},
            {"border": _border, "language": string(1)},
        ),
        "rich_text_quote": shape(
            {"type": one_of("rich_text_quote"), "elements": items(_LEAF)}, {"border": _border}
        ),
    }
)

RICH_TEXT_FIELDS = {"type": one_of("rich_text"), "elements": items(_PARTS)}
# As a table cell and as the initial value of an input: the block without more ado.
RICH_TEXT = shape(RICH_TEXT_FIELDS, {"block_id": string(1, limit("block_id.max_length"))})
