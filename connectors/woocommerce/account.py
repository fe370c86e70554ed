"""Whose store this is, and whether stock can be kept there at all."""

from __future__ import annotations

import re

from connectors.errors import Refused, StoreError
from connectors.http import parse_json
from connectors.protocol import Account
from connectors.woocommerce.answers import whole_json
from connectors.woocommerce.client import StoreClient
from connectors.woocommerce.errors import ADDRESS, PLAIN_PERMALINKS, NoApi, WebPage
from connectors.woocommerce.shop import store_id

_STATUS_FIELDS = "environment.home_url,environment.version,settings.currency"
# WooCommerce: earlier ones ignore modified_after and would hand out every order every time
_OLDEST = (5, 8)
# A key is of one of three kinds: Read, Write, Read/Write.
_SCOPES = frozenset({"read", "write"})


async def read_account(client: StoreClient) -> Account:
    """Learn whose store this is, writing nothing.

    Raises NeedsReconnect for keys that may not read or write, Refused where stock
    control is off, the version is too old or the address leads to no store.
    """
    try:
        answer = await client.get("/system_status", {"_fields": _STATUS_FIELDS})
    except (NoApi, WebPage) as nothing:
        raise await _cause(client, nothing) from None
    status = answer.row()
    environment = status.row("environment")
    _check_version(environment.text("version"))
    identity = store_id(environment.text("home_url"))
    if not identity:
        raise Refused("The store does not know its own address. Check it in WordPress's settings.")
    await _check_stock_control(client)
    # An empty batch changes nothing, and only a key that may write is let through to it.
    await client.post("/products/batch", {})
    return Account(
        id=identity,
        name=identity,
        currency=status.row("settings").text("currency"),
        scopes=_SCOPES,
    )


def _check_version(version: str) -> None:
    numbers = tuple(int(each) for each in re.findall(r"\d+", version)[:2])
    if numbers < _OLDEST:
        raise Refused(f"WooCommerce {version} is too old. Update the plugin to 5.8 or newer.")


async def _check_stock_control(client: StoreClient) -> None:
    answer = await client.get("/settings/products/woocommerce_manage_stock", {"_fields": "value"})
    if answer.row().text("value") != "yes":
        raise Refused(
            "The store keeps no stock. In WooCommerce, switch on “Enable stock management” "
            "under Settings, Products, Inventory."
        )


async def _cause(client: StoreClient, nothing: StoreError) -> StoreError:
    """Tell plain permalinks from no store: then the API still answers to its other address."""
    response = await client.look("/", {"rest_route": "/wc/v3", "_fields": "namespace"})
    try:
        namespace = parse_json(whole_json(response.content)).raw("namespace")
    except StoreError:
        return nothing
    return Refused(PLAIN_PERMALINKS, field=ADDRESS) if namespace == "wc/v3" else nothing
