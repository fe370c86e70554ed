"""The address of a shop, from whatever a person pasted."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from connectors.errors import BadCredentials

_DOMAIN = ".myshopify.com"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_ADMIN_STORE = re.compile(r"/store/([a-z0-9-]+)")


def shop_name(given: str) -> str:
    """Read `name` out of `name`, `name.myshopify.com` or a pasted address.

    Raises BadCredentials(field="shop") with what to do instead.
    """
    text = given.strip().lower()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host = parts.netloc.removesuffix(":443")
    if host == "admin.shopify.com" and (found := _ADMIN_STORE.match(parts.path)):
        host = found.group(1)
    name = host.removesuffix(_DOMAIN)
    if not _NAME.fullmatch(name):
        raise BadCredentials(
            "Enter the shop's own Shopify address, such as my-shop.myshopify.com. "
            "You find it in the Shopify admin under Settings, then Domains.",
            field="shop",
        )
    return name


def shop_url(name: str) -> str:
    """Say where the shop's API lives."""
    return f"https://{name}{_DOMAIN}"
