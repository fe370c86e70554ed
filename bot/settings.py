"""What the environment says, checked whole before anything starts.

Every problem is found at once and told by the variable's name with what to do
about it; the value of a secret is never repeated.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from storage.secrets import BadKey, Secret, Vault

SLACK_API = "https://slack.com/api/"
LISTEN = ("127.0.0.1", 3000)
ROOT_DATA_DIR = Path("/var/lib/stockroom")  # Postgres will not run as root; its stand-in gets here
MOST_SECONDS = 366 * 86400  # longer than any wait or memory of a store
USER_DATA_DIR = Path(".stockroom")

NEW_KEY = 'python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'


class Need(StrEnum):
    """What a command cannot do without."""

    DATABASE = "database"  # DATABASE_URL itself; the embedded Postgres will not do
    KEY = "key"
    SLACK = "slack"  # speaking to Slack
    SLACK_IN = "slack_in"  # being spoken to by Slack


@dataclass(frozen=True)
class Problem:
    """One variable that is unset or malformed, and what to do about it."""

    variable: str
    words: str

    def __str__(self) -> str:
        return f"{self.variable} {self.words}"


class SettingsError(Exception):
    """The environment is not fit for the command; names every wrong variable."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"The settings need a hand:\n{lines}")


@dataclass(frozen=True)
class Settings:
    """The whole environment of one process. None: unset."""

    database_url: Secret | None
    pooler: bool  # the database is reached through a pgbouncer in transaction mode
    data_dir: Path
    slack_bot_token: Secret | None
    slack_signing_secret: Secret | None
    slack_app_token: Secret | None
    slack_api_url: str
    secret_keys: tuple[Secret, ...]  # newest first
    public_url: str | None  # without a slash at its end
    listen: tuple[str, int]
    new_stores: Mapping[str, Mapping[str, Any]]  # by platform: what a new store starts with

    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for the log's redaction."""
        single = (
            self.database_url,
            self.slack_bot_token,
            self.slack_signing_secret,
            self.slack_app_token,
        )
        held = [*(secret for secret in single if secret), *self.secret_keys]
        return tuple(secret.reveal() for secret in held)


def load(environ: Mapping[str, str] | None = None, *needs: Need) -> Settings:
    """Read the settings, demanding only what `needs` names.

    Raises SettingsError with every problem. What is set but malformed is a
    problem for every command: a typing error should not wait for its first use.
    """
    read = _Reader(os.environ if environ is None else environ)
    settings = Settings(
        database_url=_secret(read.checked("DATABASE_URL", _database_url)),
        pooler=read.checked("STOCKROOM_POOLER", _pooler) is not None,
        data_dir=_data_dir(read.text("STOCKROOM_DATA_DIR")),
        slack_bot_token=_secret(read.checked("SLACK_BOT_TOKEN", _starts("xoxb-"))),
        slack_signing_secret=_secret(read.text("SLACK_SIGNING_SECRET")),
        slack_app_token=_secret(read.checked("SLACK_APP_TOKEN", _starts("xapp-"))),
        slack_api_url=read.checked("SLACK_API_URL", _api_url) or SLACK_API,
        secret_keys=tuple(
            Secret(key) for key in _split(read.checked("STOCKROOM_SECRET_KEY", _keys) or "")
        ),
        public_url=(read.checked("STOCKROOM_PUBLIC_URL", _public_url) or "").rstrip("/") or None,
        listen=_host_port(read.checked("STOCKROOM_LISTEN", _listen)) or LISTEN,
        new_stores=json.loads(read.checked("STOCKROOM_NEW_STORES", _by_platform) or "{}"),
    )
    read.problems += [
        problem
        for problem in missing(settings, needs)
        if problem.variable not in {known.variable for known in read.problems}
    ]
    if read.problems:
        raise SettingsError(read.problems)
    return settings


def missing(settings: Settings, needs: Collection[Need]) -> list[Problem]:
    """Name what a need asks for and nobody set."""
    found = []
    if Need.DATABASE in needs and settings.database_url is None:
        found.append(
            Problem(
                "DATABASE_URL",
                "is not set. Separate processes share one Postgres: set it to "
                "postgresql://USER:PASSWORD@HOST/DATABASE, or use `stockroom run`, "
                "which brings its own.",
            )
        )
    if Need.SLACK in needs and settings.slack_bot_token is None:
        found.append(
            Problem(
                "SLACK_BOT_TOKEN",
                'is not set. Copy the "Bot User OAuth Token" (xoxb-...) from '
                "OAuth & Permissions of your Slack app.",
            )
        )
    if Need.SLACK_IN in needs and not (settings.slack_signing_secret or settings.slack_app_token):
        found.append(
            Problem(
                "SLACK_APP_TOKEN",
                "is not set. Set it to an app-level token (xapp-...) with connections:write for "
                "Socket Mode, or set SLACK_SIGNING_SECRET from Basic Information for HTTP.",
            )
        )
    if Need.KEY in needs and not settings.secret_keys:
        found.append(
            Problem(
                "STOCKROOM_SECRET_KEY",
                "is not set. It encrypts the stores' credentials; make one, and keep it safe, "
                f"with: {NEW_KEY}",
            )
        )
    return found


class _Reader:
    """Reads variables and gathers what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[Problem] = []

    def text(self, variable: str) -> str | None:
        return self._environ.get(variable, "").strip() or None

    def checked(self, variable: str, check: Callable[[str], str | None]) -> str | None:
        """Return the value; None, with a problem noted, when `check` objects to it."""
        value = self.text(variable)
        objection = None if value is None else check(value)
        if objection is None:
            return value
        self.problems.append(Problem(variable, objection))
        return None


def _secret(value: str | None) -> Secret | None:
    return None if value is None else Secret(value)


def _data_dir(value: str | None) -> Path:
    if value is not None:
        return Path(value).expanduser().absolute()
    return ROOT_DATA_DIR if os.geteuid() == 0 else USER_DATA_DIR.absolute()


def _database_url(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        well = parts.scheme in ("postgresql", "postgres") and bool(parts.path.strip("/"))
        _ = parts.port  # raises ValueError when it is not a number
    except ValueError:
        well = False
    return None if well else "must look like postgresql://USER:PASSWORD@HOST:5432/DATABASE."


def _pooler(value: str) -> str | None:
    return None if value == "transaction" else "must be transaction, or unset."


def _starts(prefix: str) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        well = value.startswith(prefix) and len(value) > len(prefix) and value.isprintable()
        return None if well and " " not in value else f"must be a token that starts with {prefix}"

    return check


def _api_url(value: str) -> str | None:
    parts = _http_parts(value)
    well = parts is not None and value.endswith("/api/")
    return None if well else f"must be an address that ends in /api/, such as {SLACK_API}"


def _public_url(value: str) -> str | None:
    if _http_parts(value) is None:
        return "must be the address people reach this machine at, such as https://stock.example.com"
    if value.startswith("http://") and not _is_this_machine(value):
        return "must start with https://, since stores' credentials are typed there."
    return None


def _http_parts(value: str) -> tuple[str, str] | None:
    """Return (scheme, host) of a plain http(s) address, None for anything else."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    plain = parts.scheme in ("http", "https") and not (parts.query or parts.fragment)
    return (parts.scheme, parts.hostname) if plain and parts.hostname else None


def _is_this_machine(value: str) -> bool:
    return urlsplit(value).hostname in ("localhost", "127.0.0.1", "::1")


def _keys(value: str) -> str | None:
    try:
        Vault(_split(value))
    except BadKey:
        return (
            "must be one or more keys of 32 bytes in URL-safe base64, newest first, with commas "
            f"between; make one with: {NEW_KEY}"
        )
    return None


def _split(keys: str) -> list[str]:
    return [key for key in (part.strip() for part in keys.split(",")) if key]


def _by_platform(value: str) -> str | None:
    try:
        given = json.loads(value)
        rows = [one.items() for one in given.values()]
    except (ValueError, AttributeError):
        return 'must be JSON such as {"shopify": {"orders_every_seconds": 30}}'
    return next(filter(None, (store_setting_problem(*row) for one in rows for row in one)), None)


def store_setting_problem(key: str, value: object) -> str | None:
    """Say what is wrong with a setting that a store is to start with."""
    if key == "base_url" and not (isinstance(value, str) and _http_parts(value)):
        return f"{key} must be an address such as https://example.com"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if key.endswith("_seconds") and not (number and 0 < float(str(value)) < MOST_SECONDS):
        return f"{key} must be a number of seconds above 0"
    if key == "audit_every_hours" and not (number and float(str(value)) > 0):
        return f"{key} must be a number of hours above 0"
    if key == "breaker_percent" and not (number and 0 < float(str(value)) <= 100):
        return f"{key} must be a number above 0, 100 at most"
    if key == "on_drift" and value not in ("ask", "put_back"):
        return f"{key} must be ask or put_back"
    if (key.startswith("allow_") or key == "auto_renew") and not isinstance(value, bool):
        return f"{key} must be true or false"
    whole = number and isinstance(value, int) and value > 0
    if key in ("location_id", "trading_calls_a_day", "calls_a_day") and not whole:
        return f"{key} must be a whole number"
    if key == "stocking":
        return f"{key} is agreed to in Slack: /stock settings"
    if key == "base_prices":
        return f"{key} is agreed to in Slack: /stock turn-on"
    text = isinstance(value, str) and value.isalnum()
    if key == "ship_node" and not (text or (isinstance(value, int) and number)):
        return f"{key} must be the id of a ship node, such as 84955660770217985"
    if key == "order_states" and not isinstance(value, dict):
        return f'{key} must be JSON such as {{"wc-packed": "open"}}'
    return None


def _listen(value: str) -> str | None:
    host, colon, port = value.rpartition(":")
    well = bool(host and colon) and port.isascii() and port.isdigit() and int(port) <= 65535
    return None if well else "must be HOST:PORT, such as 127.0.0.1:3000"


def _host_port(value: str | None) -> tuple[str, int] | None:
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    return host.strip("[]"), int(port)
