"""What is said about listings that their SKU links to nothing. Names are put in as they are."""

from __future__ import annotations

from flows.words import count

ALL = "all stores"
BACK, MORE = "Back", "More"
SET_ASIDE, TAKE_BACK, UNLINK = "Set aside", "Take back", "Unlink"
LINK, SHARE = "Link to a product", "Show one number on all"
ALL_ASIDE = "Set aside all without SKU"
SHOW_UNWRITTEN, SHOW_UNLINKED = "Linked, but not written", "Not linked"
DECIDED = "This listing is linked or gone by now, so there was nothing to decide."
REASONS = {
    "no_sku": "without a SKU: give it one in the store, and it is linked within 15 minutes",
    "duplicate": (
        "its SKU is on several listings of this store: give each its own, set aside those that "
        "hold no stock of their own, or let all of them show one number"
    ),
    "renamed": "its SKU was changed while in sync: its alert asks what to do",
    "ignored": "set aside by one of you",
    "platform": "the platform ships it itself, so its stock is only looked at",
    "untracked": (
        "the store keeps no count of it: a bundle, something digital, or its tracking is off"
    ),
    "inactive": "switched off by the seller",
    "sold_out": "sold out, and not renewed",
    "expired": "expired, and not renewed",
    "archived": "archived",
}

SURE_SHARE = (
    "Show one number on all?",
    (
        "Every listing of this SKU in this store shows the same number, and a sale on one takes it "
        "off the others. If sync is on, you are asked before anything is written."
    ),
)
SURE_ASIDE = (
    "Set all of them aside?",
    "They are left out for good, and can be taken back one by one.",
)
NO = "Cancel"

TITLE = "Link a listing"
SUBMIT = "Link"
PRODUCT = "Product"
PRODUCT_HINT = "Search by SKU or title. It stays linked, whatever SKU it gets in the store."
SEARCH = "Type a SKU or a title"
CHOOSE = "Choose a product. It is one that another listing has, or had, by its SKU."
GONE = "This product is not there any more. Search for another."
LINKED = "Linked"


def linked_to(product: str) -> str:
    return f"linked by one of you to {product}"


def linked(listing: str, product: str) -> str:
    return (
        f"{listing} is linked to {product}. Where sync is on, an alert asks whose number counts "
        "before anything is written."
    )


def aside(number: int) -> str:
    return f"{count(number, 'listing')} without SKU set aside."


def heading(number: int) -> str:
    if not number:
        return "Every listing is linked to a product"
    return f"{count(number, 'listing')} linked to no product"


def heading_unwritten(number: int) -> str:
    return f"{count(number, 'listing')} linked, but never written"


def also_unwritten(number: int) -> str:
    is_are = "is" if number == 1 else "are"
    return f"Besides, {count(number, 'listing')} {is_are} linked, but not written."


def nothing(where: str) -> str:
    return f"Every listing of {where} is linked to a product."
