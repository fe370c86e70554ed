"""What is said about changes beyond quantities, by the key of the agreement."""

from __future__ import annotations

from decimal import Decimal

from flows.words import count, listed

CHOOSE = "Choose one of the two."

ABOUT = {
    "base_prices": (
        "Etsy takes stock only together with prices, and only one price per item. If some of your "
        "listings have prices of their own for other countries or currencies, the first change of "
        "stock turns those into the price in your shop's currency."
    ),
    "auto_renew": (
        "When a listing is sold out or expired and there is stock for it again, Stockroom can "
        "renew it. Etsy takes its listing fee for each renewal."
    ),
}
LABELS = {
    "base_prices": "Prices in other currencies",
    "auto_renew": "Sold-out and expired listings",
}
OPTIONS = {
    "base_prices": (
        ("I agree: one price in the shop's currency", "Needed, since Etsy offers no other way."),
        ("I don't agree", "Stock cannot be sent to this shop then."),
    ),
    "auto_renew": (
        ("Renew them once there is stock", "Each renewal costs Etsy's fee; all are counted."),
        ("Leave them alone", "They are counted and shown, and you renew them at Etsy."),
    ),
}
NEEDED = {
    "base_prices": (
        "Stock cannot be sent to Etsy without this. Agree, or close this window: nothing is "
        "changed, and you can go on later."
    ),
}


def renewals(sold_out: int, expired: int, fee: Decimal, currency: str) -> str:
    """Say what a plan renews, and about what that costs."""
    kinds = []
    if sold_out:
        kinds.append(f"{sold_out:,} sold-out")
    if expired:
        kinds.append(f"{expired:,} expired")
    number = sold_out + expired
    cost = f"{fee * number:,.2f} {currency}"
    what = f"{listed(kinds)} {'listing' if number == 1 else 'listings'}"
    return f"{what} will be renewed, about {cost}."


def left_alone(sold_out: int, expired: int) -> str:
    """Say what is not renewed, since renewal is off."""
    kinds = [
        count(number, f"{name} listing")
        for number, name in ((sold_out, "sold-out"), (expired, "expired"))
        if number
    ]
    return f"{listed(kinds)} left alone: renewal is off (/stock settings)"


# The settings of a store --------------------------------------------------------------------

SETTINGS_TITLE = "Renewals"
OPEN = "Renewals"
ON = "Sold-out and expired listings are renewed as soon as there is stock for them."
OFF = "Sold-out and expired listings are left alone. They are counted in /stock status."
SWITCH_ON, SWITCH_OFF = "Renew them", "Leave them alone"
GONE = "The store is no longer connected, so there is nothing to set."
RUNNING = "Sync is just being turned on for this store. Change its settings once that is done."


def each_costs(fee: Decimal, currency: str) -> str:
    return f"Each renewal costs about {fee:,.2f} {currency}."


def so_far(number: int, days: int) -> str:
    return f"{count(number, 'renewal')} in the last {count(days, 'day')}."


def switched(store: str, *, on: bool) -> str:
    if on:
        return f"{store}: sold-out and expired listings are renewed once there is stock for them."
    return f"{store}: sold-out and expired listings are left alone from now on."
