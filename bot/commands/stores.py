"""`connect`, `status` and `export`: what the person at the machine does with stores."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot import defaults
from bot.compose import open_house
from bot.failures import Failed, NotRight
from bot.settings import Settings, store_setting_problem
from connectors.catalog import PLATFORMS
from connectors.platform import CredentialField, Platform, Way, incomplete
from storage.people import WorkspaceRow, workspaces
from sync import people
from sync.sheet_lines import MARK
from sync.store_names import meant
from sync.stores import (
    ConnectProblem,
    StoreSummary,
    connect_store,
    list_stores,
    reconnect_store,
)

ACTOR = "command line"
MOST_WORKSPACES = 1000


async def connect(settings: Settings, args: argparse.Namespace) -> int:
    """Connect a store, or give one new credentials; secrets never come as arguments."""
    platform = PLATFORMS.get(args.platform.lower())
    if platform is None:
        raise NotRight(f"{args.platform} is not a platform; these are: {', '.join(PLATFORMS)}.")
    if args.store and (args.setting or args.base_url):
        raise NotRight("--setting and --base-url are for a new store, not with --store.")
    if args.base_url:
        _require_right("base_url", args.base_url)
    given = settings.new_stores
    base_url = args.base_url or defaults.base_urls(given).get(platform.key)
    starts_with = {**defaults.settings_of(given, platform.key), **dict(map(_setting, args.setting))}
    async with open_house(settings) as house:
        deps = house.deps
        async with deps.database.transaction() as session:
            workspace = await workspace_of(session, args.workspace)
            known = await _store(session, workspace, platform, args.store) if args.store else None
        typed = _read_values(args.values, platform) if args.values else _ask(platform)
        values = {key: value for key, value in typed.items() if value}
        _require_complete(platform, values)
        try:
            if known is None:
                row = await connect_store(
                    deps,
                    workspace_id=workspace.id,
                    actor=ACTOR,
                    platform=platform.key,
                    values=values,
                    base_url=base_url,
                    settings=starts_with,
                )
            else:
                row = await reconnect_store(
                    deps, workspace_id=workspace.id, actor=ACTOR, store_id=known.id, values=values
                )
        except ConnectProblem as problem:
            where = f"{problem.field}: " if problem.field else ""
            raise Failed(f"Not connected. {where}{problem.message}") from problem
    sys.stdout.write(f"{row.name} is connected. Its products are being read.\n")
    return 0


async def status(settings: Settings, args: argparse.Namespace) -> int:
    """Print the Store List."""
    async with open_house(settings) as house:
        async with house.deps.database.transaction() as session:
            if args.workspace:
                chosen = [await workspace_of(session, args.workspace)]
            else:
                chosen = await workspaces(session, MOST_WORKSPACES)
            lists = [(one, await list_stores(session, one.id)) for one in chosen]
    if not lists:
        sys.stdout.write("No Slack workspace yet: `stockroom run` makes the first one known.\n")
    for workspace, summaries in lists:
        sys.stdout.write(f"{workspace.name or workspace.team_id} ({workspace.team_id})\n")
        rows = [_row(summary) for summary in summaries]
        sys.stdout.write(_table(_HEAD, rows) if rows else "  No store is connected yet.\n")
    return 0


async def export(settings: Settings, args: argparse.Namespace) -> int:
    """Print the stock, or another table, of one workspace as CSV, safe for a spreadsheet."""
    from sync.audit_log import audit_csv
    from sync.show import listings_csv, stock_csv

    table = audit_csv if args.audit else listings_csv if args.listings else stock_csv
    async with open_house(settings) as house:
        async with house.deps.database.transaction() as session:
            workspace = await workspace_of(session, args.workspace)
            sys.stdout.write(await table(session, workspace.id))
    return 0


async def workspace_of(session: AsyncSession, team_id: str | None) -> WorkspaceRow:
    """Find the workspace that is meant; the only one where none is named. Raises Failed."""
    if team_id is not None:
        found = await people.find_workspace(session, team_id)
        if found is None:
            raise Failed(f"No Slack workspace has the team id {team_id}.")
        return found
    only = await people.only_workspace(session)
    if only is not None:
        return only
    several = await workspaces(session, MOST_WORKSPACES)
    if not several:
        raise Failed("No Slack workspace is known yet: start `stockroom run` once.")
    names = ", ".join(f"{one.team_id} ({one.name})" for one in several)
    raise NotRight(f"There are several Slack workspaces; choose one with --workspace: {names}.")


async def _store(
    session: AsyncSession, workspace: WorkspaceRow, platform: Platform, name: str
) -> StoreSummary:
    """Find the store of the platform that is meant. Raises Failed."""
    listed = await list_stores(session, workspace.id, {})
    every = [one for one in listed if one.platform == platform.key]
    found = meant(every, name)
    if len(found) != 1:
        names = ", ".join(one.called for one in found or every)
        raise Failed(
            f"{name} names {len(found)} stores on {platform.title}. There are: {names or 'none'}."
        )
    return found[0]


def _setting(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise NotRight(f"--setting takes KEY=VALUE, not {text}.")
    try:
        read = json.loads(value)
    except ValueError:
        read = value
    _require_right(key, read)
    return key, read


def _require_right(key: str, value: object) -> None:
    problem = store_setting_problem(key, value)
    if problem:
        raise NotRight(f"{problem}.")


def _ask(platform: Platform) -> dict[str, str]:
    if not sys.stdin.isatty():
        raise NotRight(
            f"Nobody is at the terminal to ask: give {_needed(platform)} with --values FILE or -."
        )
    return _enter((*platform.fields, *(_which_way(platform.ways) if platform.ways else ())))


def _needed(platform: Platform) -> str:
    """Name the keys of the values that are needed, and those between which one may choose."""
    ways = " or ".join(" and ".join(one.key for one in way.fields) for way in platform.ways)
    return ", ".join([*(one.key for one in platform.fields), *([ways] if ways else [])])


def _which_way(ways: Sequence[Way]) -> tuple[CredentialField, ...]:
    listed = "".join(f"  {number}  {way.label}\n" for number, way in enumerate(ways, start=1))
    sys.stdout.write(f"\nHow does Stockroom sign in?\n{listed}")
    while True:
        picked = input("> ").strip()
        if picked.isdecimal() and 1 <= int(picked) <= len(ways):
            return ways[int(picked) - 1].fields
        sys.stdout.write(f"Type a number from 1 to {len(ways)}.\n")


def _enter(fields: Iterable[CredentialField]) -> dict[str, str]:
    values = {}
    for field in fields:
        sys.stdout.write(f"\n{field.label}\n  {field.help}\n")
        ask = getpass.getpass if field.secret else input
        values[field.key] = ask("> ").strip()
    return values


def _require_complete(platform: Platform, values: Mapping[str, str]) -> None:
    wrong = incomplete(platform, values)
    if wrong:
        raise Failed("Not connected. " + " ".join(f"{key}: {text}" for key, text in wrong.items()))


def _read_values(place: str, platform: Platform) -> dict[str, str]:
    """Read KEY=VALUE lines; blank ones and those after # are left out."""
    try:
        text = sys.stdin.read() if place == "-" else Path(place).read_text(encoding="utf-8")
    except OSError as error:
        raise NotRight(f"Cannot read {place}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise NotRight(f"Cannot read {place}: save it as UTF-8.") from error
    asked = {field.key for field in platform.every_field}
    values = {}
    for number, line in enumerate(text.removeprefix(MARK).splitlines(), start=1):
        key, equals, value = line.strip().partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not (key.strip() and equals):
            raise NotRight(f"Line {number} of the values is not KEY=VALUE.")
        if key.strip() not in asked:
            raise NotRight(
                f"Line {number} of the values: {platform.title} needs {_needed(platform)}, not "
                f"{key.strip()}."
            )
        values[key.strip()] = value.strip()
    return values


_HEAD = ("store", "platform", "sync", "health", "orders read", "pushed", "agreement")


def _row(store: StoreSummary) -> tuple[str, ...]:
    targets = store.targets
    agreement = f"{store.agree} of {targets} agree" if targets else f"{store.listings} listings"
    copied = [f"FBA {one.country} {_clock(one.copied_at)}" for one in store.fba if one.tracked]
    return (
        store.called,
        store.platform_title,
        f"Sync {store.sync_status.title()}",
        store.health.replace("_", " "),
        _clock(store.orders_read_at),
        _clock(store.pushed_at),
        ", ".join([*([agreement] if store.ships else []), *copied]),
    )


def _clock(at: Any) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else "never"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return "".join(_line(row, widths) for row in (head, *rows))


def _line(row: Iterable[str], widths: Iterable[int]) -> str:
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return f"  {'  '.join(cells)}".rstrip() + "\n"
