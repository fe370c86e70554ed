"""The commands, one row each; their modules are imported when they run."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module

from bot.settings import Need, Settings

Run = Callable[[Settings, argparse.Namespace], Awaitable[int]]


def _no_arguments(_: argparse.ArgumentParser) -> None:
    pass


@dataclass(frozen=True)
class Command:
    """One word of the command line; `place` names the module and function behind it."""

    word: str
    help: str
    place: str
    needs: tuple[Need, ...] = ()
    stays: bool = False  # runs until it is stopped, and logs to standard error
    arguments: Callable[[argparse.ArgumentParser], None] = _no_arguments

    async def run(self, settings: Settings, args: argparse.Namespace) -> int:
        module, function = self.place.split(":")
        run: Run = getattr(import_module(f"bot.commands.{module}"), function)
        return await run(settings, args)


def _connect_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("platform", metavar="PLATFORM", help="such as shopify")
    sub.add_argument("--workspace", metavar="TEAM", help="Slack team id, where there are several")
    sub.add_argument("--store", metavar="NAME", help="reconnect this store of PLATFORM")
    sub.add_argument("--base-url", metavar="URL", help="where the platform is, if not its own")
    sub.add_argument(
        "--setting",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="a setting of the store, such as orders_every_seconds=60; may be repeated",
    )
    sub.add_argument(
        "--values",
        metavar="FILE",
        help="read KEY=VALUE lines from a file, or from standard input with -, instead of asking",
    )


def _workspace_argument(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--workspace", metavar="TEAM", help="Slack team id, where there are several")


def _demo_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--no-browser", action="store_true", help="only print the address")


def _export_arguments(sub: argparse.ArgumentParser) -> None:
    which = sub.add_mutually_exclusive_group()
    which.add_argument("--audit", action="store_true", help="what people did, instead of the stock")
    which.add_argument(
        "--listings", action="store_true", help="what each store should show, instead of the stock"
    )
    _workspace_argument(sub)


def _count_arguments(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("warehouse", metavar="WAREHOUSE", help="the warehouse by its name")
    sub.add_argument("file", metavar="FILE", help="lines of SKU and number; - reads them from here")
    sub.add_argument("--yes", action="store_true", help="book it; without, only the plan is shown")
    sub.add_argument("--reason", metavar="WORDS", help="why; kept in the log of changes")
    sub.add_argument(
        "--receive", action="store_true", help="a delivery: add the numbers to what is there"
    )
    sub.add_argument(
        "--skip-unknown", action="store_true", help="leave out SKUs that no product has"
    )
    _workspace_argument(sub)


_ALL = (Need.SLACK, Need.SLACK_IN, Need.KEY)

COMMANDS = (
    Command(
        "demo",
        "a local Slack and seven stores in the browser, without any account",
        "local:demo",
        arguments=_demo_arguments,
    ),
    Command("story", "play the story once; exit 0 only if every number agrees", "local:story"),
    Command(
        "run",
        "everything in one process, with its own Postgres unless DATABASE_URL is set",
        "serve:run",
        _ALL,
        stays=True,
    ),
    Command(
        "bot", "only the Slack side and the web pages", "serve:bot", (Need.DATABASE, *_ALL), True
    ),
    Command(
        "worker",
        "only the work behind it; start as many as you like",
        "serve:worker",
        (Need.DATABASE, Need.SLACK, Need.KEY),
        stays=True,
    ),
    Command(
        "clock", "only the clock; two are safer than one", "serve:clock", (Need.DATABASE,), True
    ),
    Command("migrate", "bring the database to this version", "database:migrate"),
    Command("doctor", "check settings, database, Slack, stores and the ledger", "health:doctor"),
    Command(
        "connect",
        "connect a store, asking for its credentials here",
        "stores:connect",
        (Need.KEY,),
        arguments=_connect_arguments,
    ),
    Command("status", "print the Store List", "stores:status", arguments=_workspace_argument),
    Command(
        "export",
        "print the stock, or what people did, as CSV",
        "stores:export",
        arguments=_export_arguments,
    ),
    Command(
        "count",
        "count a warehouse, or receive a delivery, from a file",
        "counting:count",
        arguments=_count_arguments,
    ),
    Command(
        "claim-code",
        "print a code that makes whoever types it in Slack a manager",
        "people:claim_code",
        arguments=_workspace_argument,
    ),
    Command(
        "restored",
        "after a backup was put back, before the start: turn sync off until people see a plan",
        "database:restored",
    ),
    Command(
        "rotate-key",
        "encrypt every credential anew with the first key of STOCKROOM_SECRET_KEY",
        "database:rotate_key",
        (Need.KEY,),
    ),
)
