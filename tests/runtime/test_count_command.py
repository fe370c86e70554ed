"""`stockroom count`: a plan from a file, booked with --yes, and its exit codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.runtime.command import Ended, environment, stockroom

SHELF = """
    with w as (insert into workspace (team_id, name, created_at)
               values ('T1', 'Harbour Goods', now()) returning id),
         p as (insert into product (workspace_id, sku, sku_key, title, created_at)
               select w.id, sku, lower(sku), 'Thing', now()
               from w, unnest(array['MUG', 'CUP', '=TEA']) as sku)
    insert into warehouse (workspace_id, name, name_key, created_at)
    select id, name, lower(name), now() from w, unnest(array['Cellar', 'Shop']) as name
"""
LEVELS = """
    select p.sku, w.name, s.on_hand from stock s join product p on p.id = s.product_id
    join warehouse w on w.id = s.warehouse_id where s.counted_at is not null order by 1, 2
"""

Run = Callable[..., Ended]


@pytest.fixture
def rows(database_url: str) -> Iterator[Callable[[str], list[Any]]]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(SHELF)
        yield lambda sql: list(connection.execute(sql))


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    env = environment(DATABASE_URL=database_url, STOCKROOM_DATA_DIR=str(tmp_path))

    def command(*words: str, given: str = "") -> Ended:
        return stockroom("count", *words, env=env, given=given)

    return command


def test_a_file_is_looked_at_booked_and_counted_again(
    run: Run, rows: Callable[[str], list[Any]], tmp_path: Path
) -> None:
    file = tmp_path / "count.csv"
    file.write_text("\ufeffSKU;Count\r\nmug;7\r\n'=TEA;3\r\n", encoding="utf-16")
    looked = run("cellar", str(file))
    assert (looked.code, looked.problems) == (0, "")
    assert "MUG: not counted yet → 7" in looked.out
    assert "add --yes" in looked.out
    assert rows(LEVELS) == []

    silent = run("Cellar", str(file), "--yes")
    assert (silent.code, "--reason" in silent.problems) == (2, True)
    done = run("Cellar", str(file), "--yes", "--reason", "opening")
    assert (done.code, done.problems) == (0, "")
    assert "2 SKUs counted in Cellar" in done.out
    assert rows(LEVELS) == [("=TEA", "Cellar", 3), ("MUG", "Cellar", 7)]

    again = run("Cellar", "-", "--yes", "--reason", "recount", given="MUG,5\nCUP,0")
    assert "MUG: 7 → 5 (-2)" in again.out
    more = run("Shop", "-", "--receive", "--yes", "--reason", "note 7", given="MUG,2\nMUG,2")
    assert (again.code, more.code) == (0, 0)
    assert rows(LEVELS) == [
        ("=TEA", "Cellar", 3),
        ("CUP", "Cellar", 0),
        ("MUG", "Cellar", 5),
        ("MUG", "Shop", 4),
    ]
    acts = rows("select actor, act, detail ->> 'why' from audit order by id")
    assert acts == [
        ("command line", "stock.count", "opening"),
        ("command line", "stock.count", "recount"),
        ("command line", "stock.receive", "note 7"),
    ]


def test_what_is_not_right_books_nothing_and_says_what_to_do(
    run: Run, rows: Callable[[str], list[Any]], tmp_path: Path
) -> None:
    asked = ("--yes", "--reason", "stocktake")
    wrong = run("Cellar", "-", *asked, given="MUG,7\nCUP,1.5\nmug,8")
    assert wrong.code == 2
    assert wrong.problems.splitlines()[0].startswith("Line 2: “1.5” is no whole number")
    assert wrong.problems.splitlines()[1].startswith("Line 3: counts a SKU that line 1")

    nowhere = run("Attic", "-", *asked, given="MUG,7")
    assert (nowhere.code, "There are: Cellar, Shop" in nowhere.problems) == (1, True)
    missing = run("Cellar", str(tmp_path / "none.csv"))
    assert (missing.code, "Cannot read" in missing.problems) == (2, True)
    (tmp_path / "odd.csv").write_bytes(b"MUG;7\nST\xdcHL;2")
    odd = run("Cellar", str(tmp_path / "odd.csv"))
    assert (odd.code, "CSV UTF-8" in odd.problems) == (2, True)

    unknown = run("Cellar", "-", *asked, given="MUG,7\nPOT,1")
    assert (unknown.code, "--skip-unknown" in unknown.problems) == (1, True)
    assert "Line 2: “POT”" in unknown.out
    assert rows("select 1 from movement") == []
    left_out = run("Cellar", "-", *asked, "--skip-unknown", given="MUG,7\nPOT,1")
    assert left_out.code == 0
    assert rows(LEVELS) == [("MUG", "Cellar", 7)]
