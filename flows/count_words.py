"""What counting and receiving by sheet says, in Slack and at the terminal. Names as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.words import count, listed
from sync.count_lines import Planned
from sync.sheet_lines import Fault, SheetKind

TITLE = "Count stock"
WHAT = (
    "One line per SKU: the SKU, then the number, with a comma, semicolon or tab between; copied "
    "from a spreadsheet, it is so already. Nothing changes before you have seen what would."
)
KIND = "What are the numbers?"
COUNTED = ("count", "Counted on shelf", "All units standing there, sold ones included")
RECEIVED = ("receive", "Received", "Units that arrived, added to what is there")
PICK_KIND = "Choose what the numbers mean."
LINES = "SKU and number per line"
LINES_HINT = (
    "Up to 3,000 characters at once; count more in parts, or with `stockroom count` on the machine."
)
NO_LINES = "Paste at least one line: a SKU, a comma, and a number."
REASON = "Why?"
REASON_HINT = "Kept in the log of changes: stocktake, delivery note 4711 ..."
NEXT = "See what changes"
BOOK: Mapping[SheetKind, str] = {"count": "Book the count", "receive": "Book the delivery"}
BOOKING = "Booking the numbers."
BOOKED = "Booked"
BOOKED_ALREADY = "This list is booked already; it counts once."
GONE = "This warehouse no longer exists, so nothing was booked. Start again with /stock count."
NO_SHEET = "This list is no longer kept, so nothing was booked. Start again with /stock count."
CHANGED = (
    "Stock moved while you were looking, such as a parcel that left: nothing is booked yet. This is "
    "how it stands now. Units that left after you counted have to come off your count: press Back "
    "to correct it, or confirm if it is still right."
)
WHOLE_PLAN = "Whole plan as a file (CSV)"

FAULTS_TOLD = 5  # as many as fit under a field and are mended in one go


def _fault(fault: Fault, kind: SheetKind) -> str:
    about = fault.about if len(fault.about) <= 40 else f"{fault.about[:39]}…"
    match fault.code:
        case "no_lines":
            return NO_LINES
        case "heading":
            return "name the column of the numbers “count”, or leave the heading out."
        case "quote":
            return 'the quotation mark (") at its start has no end in this line. Close it.'
        case "one_column":
            return f"“{about}” has no number beside it. Write SKU, a comma, and the number."
        case "many_columns":
            return (
                "there are more than two columns. Keep SKU and number, write the number without "
                "commas, or head the columns “SKU” and “count”."
            )
        case "no_sku":
            return "the SKU is missing. Write it before the number, or take the line out."
        case "no_number":
            return f"“{about}” has no number. Write one, or take the line out."
        case "formula":
            return f"“{about}” is a formula. Write the number that it gives."
        case "not_whole":
            return f"“{about}” is no whole number. Write it in digits, without points or commas."
        case "negative" if kind == "count":
            return f"{about} is below zero, which no count is. Write 0 or more."
        case "negative":
            return f"{about} is below zero. Take units away with /stock adjust."
        case "too_large":
            return f"{about} is more than a store can show. Write one below 1,000,000,000."
        case "conflict":
            return f"counts a SKU that line {about} counts differently. Keep one, or add them up."
        case "warehouse":
            return f"it is about the warehouse “{about}”. Count each warehouse by itself."
        case _:
            return f"no product has the SKU “{about}”. Correct it, or take the line out."


def fault(found: Fault, kind: SheetKind) -> str:
    """Say what is wrong with one line, and what to do."""
    words = _fault(found, kind)
    return words if found.code == "no_lines" else f"Line {found.number:,}: {words}"


def faults(found: Sequence[Fault], kind: SheetKind) -> str:
    """Say what is wrong with some lines, in one text."""
    told = " ".join(fault(one, kind) for one in found[:FAULTS_TOLD])
    more = len(found) - FAULTS_TOLD
    return f"{told} And {count(more, 'more line')} to correct." if more > 0 else told


# The plan --------------------------------------------------------------------------


def head(kind: SheetKind, warehouse: str, lines: int) -> str:
    if kind == "count":
        return f"{count(lines, 'SKU')} counted in {warehouse}"
    return f"{count(lines, 'SKU')} received in {warehouse}"


KINDS: Mapping[str, str] = {
    "up": "Go up",
    "down": "Go down",
    "same": "Stay as they are",
    "first": "Counted for the first time",
}


def unknown(number: int) -> str:
    return f"{count(number, 'line')} left out: no product has the SKU"


def repeats(kind: SheetKind, number: int) -> str:
    said = "taken once" if kind == "count" else "added up"
    return f"{count(number, 'line')} said a SKU again: {said}"


LINES_TITLE = "On hand"


def line(planned: Planned) -> str:
    """Say what becomes of one SKU."""
    if planned.kind == "first":
        change = f"not counted yet → {planned.after:,}"
    elif planned.difference:
        change = f"{planned.before:,} → {planned.after:,} ({planned.difference:+,})"
    else:
        change = f"{planned.after:,}, as it was"
    sold = f", {planned.committed:,} sold, {planned.available:,} available"
    return f"{planned.sku}: {change}{sold if planned.committed else ''}"


STORES_TITLE = "In the stores"
NO_STORE_CHANGES = "No store shows another number because of it."


def store(name: str, changing: int, to_zero: int) -> str:
    zero = f", {to_zero:,} of them to zero" if to_zero else ""
    return f"{name}: {count(changing, 'listing')} will show another number{zero}"


def shows(sku: str, store: str, location: str, now: int | None, becomes: int) -> str:
    """Say what one listing shows and will show."""
    place = ", ".join(name for name in (store, location) if name)
    before = "?" if now is None else f"{now:,}"
    return f"{sku} at {place}: {before} → {becomes:,}"


def more(number: int) -> str:
    return f"and {number:,} more"


TO_ZERO = "Careful: nothing is sold of a listing that goes to zero."


def held(stores: Sequence[str]) -> str:
    return (
        f"This would empty or multiply much of {listed(stores)} at once: it is booked here, but "
        "kept back from there until a manager has looked at the alert about it."
    )


def booked(kind: SheetKind, warehouse: str, lines: int) -> str:
    did = "counted" if kind == "count" else "received"
    return (
        f"{count(lines, 'SKU')} {did} in {warehouse}. The stores that show them follow within "
        "moments."
    )


def file_text(warehouse: str) -> str:
    return f"The whole plan for {warehouse}, line by line."


# At the terminal --------------------------------------------------------------------


def no_warehouse(name: str, known: Sequence[str]) -> str:
    there = f"There are: {', '.join(known)}" if known else "There is none yet"
    return f"No warehouse is called {name}. {there}."


def cannot_read(place: str, why: str) -> str:
    return f"Cannot read {place}: {why}."


NOT_TEXT = "it is no text in UTF-8. Save it as “CSV UTF-8”"
NOT_BOOKED = "Nothing is booked yet: add --yes to book it."
UNKNOWN_STOPS = (
    "Nothing is booked: correct the SKUs that no product has, or add --skip-unknown to leave them "
    "out."
)
GIVE_REASON = "Say in a few words why, with --reason."
