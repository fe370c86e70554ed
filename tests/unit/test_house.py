"""Rules of the house that import contracts cannot say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PASSES_SESSIONS_ON = ("bot", "sync")
ASKS_DATABASE = {"execute", "scalar", "scalars", "stream", "exec_driver_sql", "connection"}


def _modules(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", PASSES_SESSIONS_ON)
def test_of_sqlalchemy_only_the_session_is_named(package: str) -> None:
    named = [
        f"{path}: {node.module} {alias.name}"
        for path, tree in _modules(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if (node.module, alias.name) != ("sqlalchemy.ext.asyncio", "AsyncSession")
    ]
    imported = [
        f"{path}: {alias.name}"
        for path, tree in _modules(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.startswith("sqlalchemy")
    ]
    assert named + imported == []


@pytest.mark.parametrize("package", PASSES_SESSIONS_ON)
def test_a_session_is_only_passed_on(package: str) -> None:
    asked = [
        f"{path}:{node.lineno} session.{node.func.attr}"
        for path, tree in _modules(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ASKS_DATABASE
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "session"
    ]
    assert asked == []


def test_nothing_works_at_import() -> None:
    """The modules of the product only define: no call stands alone at their top level."""
    calls = [
        f"{path}:{node.lineno}"
        for path, tree in _modules("bot", "flows", "sync", "storage", "connectors")
        for node in tree.body
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    assert calls == []
