"""What the Trading API says of the seller, and the one setting that stock depends on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.ebay.shop import Shop
from sandbox.ebay.trading_errors import invalid
from sandbox.ebay.xml import Asked


def get_user(shop: Shop, _: Asked) -> Mapping[str, Any]:
    """GetUser"""
    return {"User": {"EIASToken": shop.user_id, "Status": "Confirmed", "UserID": shop.title}}


def get_preferences(shop: Shop, asked: Asked) -> Mapping[str, Any]:
    """GetUserPreferences: tells only what is asked for"""
    if not asked.flag("ShowOutOfStockControlPreference"):
        return {}
    return {"OutOfStockControlPreference": shop.out_of_stock_control}


def set_preferences(shop: Shop, asked: Asked) -> Mapping[str, Any]:
    """SetUserPreferences"""
    given = (asked.text("OutOfStockControlPreference") or "").lower()
    if given not in ("true", "false"):
        raise invalid("OutOfStockControlPreference")
    if not shop.faults.take("not_applied", "write"):
        shop.out_of_stock_control = given == "true"
    return {}
