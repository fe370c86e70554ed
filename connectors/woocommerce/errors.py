"""What a store's answers mean, read once.

A WordPress answers errors as JSON, the host and the firewall before it as web pages.
"""

from __future__ import annotations

from datetime import timedelta

import httpx

from connectors.errors import NeedsReconnect, RateLimited, Refused, Unavailable
from connectors.http import retry_after_seconds
from connectors.woocommerce.answers import (
    error_code,
    error_fields,
    error_words,
    is_web_page,
)

# Neither WooCommerce nor hosts name a usual time: long enough for a counter per minute.
_DEFAULT_WAIT_SECONDS = 30.0
# WordPress: what its maintenance page says in Retry-After
_MAINTENANCE_SECONDS = 600.0
_OWN = "woocommerce_rest_"  # how the codes of WooCommerce itself begin
# The same for a key that is unknown and for one that did not arrive: cannot_view, cannot_batch.
_KEY_UNKNOWN = "woocommerce_rest_cannot_"
_KEY_REFUSED = "woocommerce_rest_authentication_error"
# The credentials to look at: what stands before a store is met at its address.
ADDRESS, _KEY, _SECRET = "url", "consumer_key", "consumer_secret"

PLAIN_PERMALINKS = (
    "The store's permalinks are set to “Plain”, and its API cannot be reached then. In "
    "WordPress, choose another kind under Settings, Permalinks, and save."
)
NO_API = (
    "There is no WooCommerce API at this address. Check the address; in WordPress, check that "
    "WooCommerce is active and that Settings, Permalinks is not set to “Plain”."
)
_WEB_PAGE = (
    "The store answered with a web page instead of data: a login page, a “coming soon” page or "
    "a firewall stands before its API. Let requests to /wp-json/wc/v3 pass there."
)


class NoApi(Refused):
    """There is nothing of WooCommerce at this path."""


class WebPage(Unavailable):
    """A page for people where data should be."""


class TooManyItems(Refused):
    """The store takes fewer items in one call; nothing was done."""


class Gone(Refused):
    """The store does not know the thing that a path names; nothing was done."""


def check_answer(response: httpx.Response) -> None:
    """Raise what an answer other than data means."""
    status = response.status_code
    if 300 <= status < 400:
        raise _moved(response)
    if status < 300:
        if is_web_page(response.content):
            raise WebPage(_WEB_PAGE, field=ADDRESS)
        return
    fields = error_fields(response)
    code, said = error_code(fields), error_words(fields)
    if status == 401:
        raise _refused_keys(code, said)
    if status == 403 and code.startswith(_KEY_UNKNOWN):
        raise NeedsReconnect(
            "The person that the keys belong to may not manage the shop. Make keys for an "
            "administrator or a shop manager.",
            said=said,
            field=_KEY,
        )
    if status == 403:
        raise Refused(
            "A firewall or a security plugin of the store keeps us out. Let requests to "
            "/wp-json/wc/v3 pass there.",
            said=said,
            field=ADDRESS,
        )
    if status == 404:
        raise _not_found(code, said)
    if status == 413:
        raise TooManyItems("The store takes fewer changes at once.", said=said)
    if status in (429, 508):  # 508: a shared host's limit, met before PHP starts
        raise _wait("The store's host asks us to slow down.", response, said)
    if status == 503 and _is_maintenance(response, code):
        words = "The store is being updated and says to come back later."
        raise _wait(words, response, said, default=_MAINTENANCE_SECONDS)
    if status >= 500:
        raise Unavailable(f"The store has trouble of its own (HTTP {status}).", said=said)
    raise Refused(f"The store refused the request (HTTP {status}).", said=said)


def is_key_unknown(response: httpx.Response) -> bool:
    """Say whether the store saw no key that it knows, maybe because none arrived."""
    code = error_code(error_fields(response))
    return response.status_code == 401 and code not in ("", _KEY_REFUSED)


def _refused_keys(code: str, said: str | None) -> NeedsReconnect | Refused:
    if code == _KEY_REFUSED:
        for kind, wanted in (("write", "write permissions"), ("read", "read permissions")):
            if said and wanted in said:
                return NeedsReconnect(
                    f"The keys have no permission to {kind}. In WooCommerce, under Settings, "
                    "Advanced, REST API, set them to Read/Write.",
                    said=said,
                    field=_KEY,
                    missing_scopes=(kind,),
                )
        return NeedsReconnect(
            "The store does not accept the keys. Copy both again, or make new ones.",
            said=said,
            field=_SECRET if said and "secret" in said.lower() else _KEY,
        )
    if code.startswith(_OWN):
        return NeedsReconnect(
            "The store does not know the keys. They were revoked, belong to another store, or "
            "the host does not hand them on: make new ones, or ask the host.",
            said=said,
            field=_KEY,
        )
    return Refused(
        "The store, or a security plugin of it, asks for a login before its API. Let "
        "/wp-json/wc/v3 pass there.",
        said=said,
        field=ADDRESS,
    )


def _not_found(code: str, said: str | None) -> Refused:
    if code in ("", "rest_no_route"):
        return NoApi(NO_API, said=said, field=ADDRESS)
    return Gone("The store no longer knows what was asked for.", said=said)


def _moved(response: httpx.Response) -> Refused:
    """Name the address that a redirect points to, without anything that may hold a key."""
    try:
        to = response.request.url.join(response.headers.get("location", ""))
        where = str(to.copy_with(query=None, fragment=None, username=None, password=None))
    except (httpx.InvalidURL, ValueError):
        where = ""
    where = where.partition("/wp-json")[0]
    if not where:
        return Refused("The store sends us on to another address.", field=ADDRESS)
    return Refused(
        f"The store sends us on to {where}. Enter that address if it is the store's.",
        field=ADDRESS,
    )


def _is_maintenance(response: httpx.Response, code: str) -> bool:
    return code == "wp_die" or b"scheduled maintenance" in response.content


def _wait(
    words: str,
    response: httpx.Response,
    said: str | None,
    *,
    default: float = _DEFAULT_WAIT_SECONDS,
) -> RateLimited:
    seconds = retry_after_seconds(response, default)
    return RateLimited(words, retry_after=timedelta(seconds=seconds), said=said)
