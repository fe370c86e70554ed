"""The connect page's HTML. Every value goes through `escape`; there is no script at all."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from html import escape

from connectors.platform import CredentialField, Platform, Way

STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: #1c2321; background: #f3f5f4; }
main { max-width: 30rem; margin: 8vh auto; padding: 2rem; background: #fff;
       border-radius: 12px; box-shadow: 0 1px 4px #0002; }
h1 { margin: 0 0 .5rem; font-size: 1.35rem; }
label { display: block; margin-top: 1.25rem; font-weight: 600; }
input { box-sizing: border-box; width: 100%; margin-top: .25rem; padding: .6rem .7rem;
        font: inherit; color: inherit; background: transparent; border: 1px solid #8a9692;
        border-radius: 8px; }
input[aria-invalid] { border: 2px solid #b3261e; }
fieldset { margin: 1rem 0 0; padding: .25rem 1rem 1rem; border: 1px solid #8a969266;
           border-radius: 8px; }
legend { padding: 0 .4rem; color: #55615d; }
.one { margin: 1.5rem 0 0; } .or { margin: .75rem 0 0; text-align: center; }
.help { margin: .3rem 0 0; font-size: .875rem; color: #55615d; }
.error { margin: .3rem 0 0; color: #b3261e; font-weight: 600; }
button, .button { display: block; box-sizing: border-box; width: 100%; margin-top: 1.75rem;
         padding: .7rem; font: inherit; font-weight: 600; text-align: center;
         text-decoration: none; color: #fff; background: #1f6f54; border: 0; border-radius: 8px;
         cursor: pointer; }
@media (prefers-color-scheme: dark) {
  body { color: #e8edeb; background: #141917; } main { background: #1e2522; }
  .help, legend { color: #a9b5b0; } .error { color: #ffb4ab; } input[aria-invalid] { border-color: #ffb4ab; }
}
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",  # the address is the key
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

GONE_TITLE = "This link does not work any more"
GONE = (
    "It was used, it is older than 15 minutes, or too many values were tried with it. Ask "
    "Stockroom in Slack for a new one: /stock connect."
)
BACK_GONE = (
    "Stockroom waits for an answer for 15 minutes, and takes each one once. Ask it in Slack for "
    "a new link: /stock connect."
)
NOT_ALLOWED_TITLE = "This is for managers"
NOT_ALLOWED = "You are no longer a manager of Stockroom, so nothing was done."


def form(
    platform: Platform,
    *,
    store: str | None,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    action: str = "",
    back_to: str = "",
) -> str:
    """Ask for the values that connect a store; an error under "" is about all of them.

    What was typed stands again in its field, unless it is secret. `action`: where the form
    goes, if not to its own address. `back_to`: where the platform's own page sends people.
    """
    what = f"Connect {store} again" if store else f"Connect your {platform.title} store"
    said = _error("form", errors[""]) if "" in errors else ""
    fields = _fields(platform.fields, values, errors, required=True)
    fields += _ways(platform, values, errors, back_to)
    return _page(
        what,
        f"<h1>{escape(what)}</h1>"
        "<p>The values go from this page to the machine that runs Stockroom, which tries them "
        "with the store and keeps them encrypted. They never pass through Slack.</p>"
        f'<form method="post" action="{escape(action)}" autocomplete="off">{said}{fields}'
        "<button>Test and connect</button></form>",
    )


def away(platform: str, button: str, address: str) -> str:
    """Send a person to the platform's own page, by a link: no form may lead off this page."""
    title = f"Next, at {platform}"
    return _page(
        title,
        f"<h1>{escape(title)}</h1><p>{escape(platform)} asks whether Stockroom may see your "
        "orders and set your stock. It brings you back here, and then the store is connected."
        f'</p><p><a class="button" href="{escape(address)}">{escape(button)}</a></p>',
    )


def done(store: str, *, again: bool) -> str:
    """Say that the store is connected."""
    next_step = (
        "Stockroom goes on with it at once."
        if again
        else "Its products are being read now. Next, in Slack: turn on sync from the Home tab, "
        "or type /stock turn-on."
    )
    title = f"{store} is connected"
    return message(title, f"{next_step} You can close this page.")


def message(title: str, text: str) -> str:
    """Say a few words."""
    return _page(title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>")


def _fields(
    fields: Iterable[CredentialField],
    values: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    required: bool,
) -> str:
    return "".join(
        _field(one, values.get(one.key, ""), errors.get(one.key), required=required)
        for one in fields
    )


def _ways(
    platform: Platform, values: Mapping[str, str], errors: Mapping[str, str], back_to: str
) -> str:
    """Ask for one of several sets of values; which one, the person says by filling it in."""
    if not platform.ways:
        return ""
    sets = '<p class="or">or</p>'.join(
        f"<fieldset><legend>With {escape(way.label)}</legend>"
        f"{_fields(way.fields, values, errors, required=False)}{_sent(platform, way, back_to)}"
        "</fieldset>"
        for way in platform.ways
    )
    return f'<p class="one">Fill in one of these, and leave the other empty.</p>{sets}'


def _sent(platform: Platform, way: Way, back_to: str) -> str:
    """Say where the platform's own page has to send people, for whoever sets that up there."""
    if platform.consent is None or way is not platform.consent.way:
        return ""
    return (
        f'<p class="help">{escape(platform.title)} has to send you back to '
        f"<code>{escape(back_to)}</code>.</p>"
    )


def _field(field: CredentialField, value: str, error: str | None, *, required: bool) -> str:
    key = escape(field.key)
    kind = "password" if field.secret else "text"
    kept = "" if field.secret else f' value="{escape(value)}"'
    described = f"{key}-error {key}-help" if error else f"{key}-help"
    invalid = ' aria-invalid="true"' if error else ""
    needed = " required" if required else ""
    return (
        f'<label for="{key}">{escape(field.label)}</label>'
        f'<input id="{key}" name="{key}" type="{kind}"{kept}{needed} autocomplete="off"'
        f' spellcheck="false" aria-describedby="{described}"{invalid}>'
        f"{_error(key, error) if error else ''}"
        f'<p class="help" id="{key}-help">{escape(field.help)}</p>'
    )


def _error(key: str, text: str) -> str:
    return f'<p class="error" id="{key}-error" role="alert">{escape(text)}</p>'


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} - Stockroom</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )
