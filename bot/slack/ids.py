"""Every id that goes out in a view and comes back in a payload."""

from __future__ import annotations

from enum import StrEnum

COMMAND = "/stock"


class Act(StrEnum):
    """Action ids: what was pressed or searched in."""

    TURN_ON = "turn_on"
    CHANGE_PLACES = "change_places"
    RECONNECT = "reconnect"
    RESUME_SYNC = "resume_sync"
    STORE_MENU = "store_menu"
    STORE_SEARCH = "store_search"
    STORE_ACT = "store_act"
    CONNECT = "connect"
    OPEN_LINK = "open_link"
    SET_ALERTS = "set_alerts"
    HOME_PAGE = "home_page"
    HOME_PAGE_BACK = "home_page_back"
    WIZARD_BACK = "wizard_back"
    WIZARD_FILE = "wizard_file"
    WIZARD_RECONNECT = "wizard_reconnect"
    ANSWER = "answer"
    ANSWER_SEARCH = "answer_search"
    WAREHOUSE_SEARCH = "warehouse_search"
    RETRY = "retry"
    SNOOZE = "snooze"
    ACKNOWLEDGE = "acknowledge"
    PUT_BACK = "put_back"
    ADOPT = "adopt"
    IGNORE_ONCE = "ignore_once"
    RELEASE = "release"
    NEW_OURS = "new_ours"
    NEW_THEIRS = "new_theirs"
    NEW_LEAVE = "new_leave"
    RENAMED_FOLLOW = "renamed_follow"
    RENAMED_LEAVE = "renamed_leave"
    LIMITS_BACK = "limits_back"
    STOCKING = "stocking"
    RENEWALS = "renewals"
    DRIFT_PUT_BACK = "drift_put_back"
    DRIFT_ADOPT = "drift_adopt"
    DRIFT_IGNORE = "drift_ignore"
    DRIFT_ASK_AGAIN = "drift_ask_again"
    DRIFT_PAGE = "drift_page"
    DRIFT_PAGE_BACK = "drift_page_back"
    HISTORY_NEWER = "history_newer"
    HISTORY_OLDER = "history_older"
    WHY_PAGE = "why_page"
    WHY_PAGE_BACK = "why_page_back"
    COUNT_BACK = "count_back"
    COUNT_FILE = "count_file"
    TRANSFER_BACK = "transfer_back"


class Call(StrEnum):
    """Callback ids: which view was submitted."""

    WIZARD = "wizard"
    ADJUST = "adjust"
    ALERT_CHANNEL = "alert_channel"
    WHICH_STORE = "which_store"
    LIMITS = "limits"
    LIMITS_SAVE = "limits_save"
    RENEWALS = "renewals"
    STOCKING_ALLOW = "stocking_allow"
    STOCKING_STOP = "stocking_stop"
    COUNT = "count"
    COUNT_BOOK = "count_book"
    TRANSFER = "transfer"
    TRANSFER_BOOK = "transfer_book"
    LOW = "low"


class Field(StrEnum):
    """Block ids of the inputs of views that are no flow's."""

    WAREHOUSE = "warehouse"
    HOW = "how"
    NUMBER = "number"
    REASON = "reason"
    CHANNEL = "channel"
    STORE = "store"
    BUFFER = "buffer"
    MAXIMUM = "maximum"
    KIND = "kind"
    LINES = "lines"
    SOURCE = "source"
    GOAL = "goal"


VALUE = "value"  # the action id of those inputs
