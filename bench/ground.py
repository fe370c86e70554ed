"""Where figures are measured: one Postgres, a migrated database for whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from storage import embedded
from tests import databases


@dataclass(frozen=True)
class Ground:
    """A server on which databases may be made, and the migrated one they are copied from."""

    server: str
    template: str

    def database(self, like: str | None = None) -> AbstractContextManager[str]:
        """Yield the URL of a fresh database: empty, or a copy of another that nobody uses."""
        source = self.template if like is None else like.partition("?")[0].rpartition("/")[2]
        return databases.fresh(self.server, source)


@contextmanager
def throw_away_ground() -> Iterator[Ground]:
    """Yield a server of this run's own, as durable as in production."""
    with databases.throw_away_home() as home, embedded.running(home) as server:
        yield Ground(server, databases.make_template(server))
