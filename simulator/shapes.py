"""How each simulated store behaves in time and on the wire: one shape for each kind of platform."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from connectors.protocol import StoreTraits


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@dataclass(frozen=True, slots=True)
class Shape:
    """A platform's behaviour.

    lag           how late its orders become listable, in seconds: from, to (ENGINE B4)
    applies       how late an answered write is applied, in seconds: from, to
    feed          the same for more writes at once than it takes directly
    silent        cancels of which it does not say whether they restock, as a share
    skew          its clock minus ours
    poll          seconds between two readings of its orders (ENGINE B4)
    """

    name: str
    traits: StoreTraits
    lag: tuple[float, float]
    applies: tuple[float, float] = (0.0, 0.0)
    feed: tuple[float, float] = (0.0, 0.0)
    silent: float = 0.0
    skew: float = 0.0
    poll: int = 60

    def taking(self, direct: int) -> Shape:
        """The same platform, where it has feeds with so many writes at once taken directly."""
        if not self.traits.settles_within:
            return self
        return replace(self, traits=replace(self.traits, direct_up_to=direct))


SHOPIFY = Shape(
    "shopify",
    StoreTraits(
        compare_and_set=True,
        locations=True,
        write_batch=250,
        read_batch=100,
        order_lag=_seconds(30),
        apply_lag=_seconds(0),
        reading_age=_seconds(1),
        abandoned=_seconds(30),
        clock_margin=_seconds(2),
        key_life=timedelta(hours=1),
        order_history=timedelta(days=60),
    ),
    lag=(1, 30),
)
WOOCOMMERCE = Shape(
    "woocommerce",
    StoreTraits(
        compare_and_set=False,
        locations=False,
        write_batch=100,
        read_batch=100,
        order_lag=_seconds(2),
        apply_lag=_seconds(0),
        reading_age=_seconds(1),
        abandoned=_seconds(30),
        clock_margin=_seconds(2),
        key_life=_seconds(0),
        order_history=timedelta(days=60),
    ),
    lag=(0, 2),
    silent=0.4,
    skew=-41,
)
BIGCOMMERCE = Shape(
    "bigcommerce",
    StoreTraits(
        compare_and_set=False,
        locations=False,
        write_batch=2000,
        read_batch=250,
        order_lag=_seconds(20),
        apply_lag=_seconds(15),
        reading_age=_seconds(2),
        abandoned=_seconds(30),
        clock_margin=_seconds(2),
        key_life=_seconds(0),
        order_history=timedelta(days=60),
    ),
    lag=(0, 20),
    applies=(1, 15),
    skew=17,
)
WALMART = Shape(
    "walmart",
    StoreTraits(
        compare_and_set=False,
        locations=False,
        write_batch=10_000,
        read_batch=50,
        order_lag=_seconds(60),
        apply_lag=_seconds(0),
        reading_age=_seconds(2),
        abandoned=_seconds(30),
        clock_margin=_seconds(2),
        key_life=_seconds(0),
        order_history=timedelta(days=60),
        settles_within=timedelta(minutes=10),
    ),
    lag=(5, 60),
    feed=(20, 240),
)
SHAPES = (SHOPIFY, WOOCOMMERCE, BIGCOMMERCE, WALMART)
