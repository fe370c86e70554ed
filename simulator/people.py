"""What people do in the stores, and what there is in truth because of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from simulator.judge import Judge
from simulator.line import Trouble
from simulator.oracle import Trace
from simulator.plot import Act
from simulator.store import Sale, Store

# Done in no time: also while the engine is between two calls.
AT_ONCE = frozenset(
    {"buy", "regret", "take_back", "cancel", "edit", "send", "return", "by_hand", "storm"}
)
# Orders that may still change; of more than that, the oldest are packed and sent.
OPEN_ORDERS = 10_000


class People:
    """Shoppers, packers, and whoever changes a number by hand.

    truth   what there is of each SKU
    trace   what they tried, for whoever lives through it in another way
    """

    def __init__(
        self, stores: Sequence[Store], skus: Sequence[str], trouble: Trouble, judge: Judge
    ) -> None:
        self._stores = stores
        self._skus = skus
        self._trouble = trouble
        self._judge = judge
        self.truth: dict[str, int] = {}
        self.trace: list[Trace] = []
        self._open: list[tuple[Store, Sale]] = []

    def do(self, act: Act) -> Act | None:
        """Do one of the acts that are done at once; what follows it in a moment, if anything."""
        store, sku = self._stores[act.store], self._skus[act.sku]
        match act.kind:
            case "buy":
                self._buy(store, sku, act)
            case "regret":
                return self._regret(store, sku, act)
            case "take_back":
                self._take_back(store, act)
            case "cancel":
                self._cancel(act)
            case "edit":
                self._edit(act)
            case "send":
                self._send(act)
            case "return":
                self._give_back(act)
            case "by_hand":
                if not store.unsettled():
                    self._trouble.seen["changed_by_hand"] += 1
                    self._judge.adjusted_by_hand.add((store.name, sku))
                    store.set_by_hand(sku, max(0, store.available(sku) + (-2, 3)[act.draw < 0.5]))
            case "storm":
                self._trouble.seen["storm_of_429"] += 1
                store.busy_until = store.clock.now() + timedelta(seconds=60 + 120 * act.draw)
        return None

    def ordered(self, store: Store, sale: Sale) -> None:
        """Keep a new order for later acts."""
        self._open.append((store, sale))
        if len(self._open) > OPEN_ORDERS:
            where, oldest = self._open.pop(0)
            if not oldest.sent:
                where.send(oldest)

    def adjusted(self, sku: str, units: int) -> None:
        """Note that somebody changed our own number."""
        self.truth[sku] += units
        self._note("adjust", None, sku, units)

    def _buy(self, store: Store, sku: str, act: Act) -> None:
        low, high = store.shape.lag
        lag = low + (high - low) * act.draw
        self._trouble.seen["orders_late"] += lag > 5
        sale = store.sell(sku, act.units, lag)
        self._note("buy", store, sku, act.units, sale, lag)
        if sale is None:
            self._judge.turned_away(act.units, self.truth[sku])
            return
        self._sold(store, sale)

    def _regret(self, store: Store, sku: str, act: Act) -> Act | None:
        """Buy, and cancel within the same second: two versions of one order with one stamp."""
        sale = store.sell(sku, 1, 0)
        if sale is None:
            return None
        self._trouble.seen["cancelled_within_its_second"] += 1
        self._note("buy", store, sku, 1, sale)
        self._sold(store, sale)
        whole = sale.stamp.microsecond / 1e6
        return replace(act, at=act.at + min(0.4, (1 - whole) * 0.8), kind="take_back")

    def _sold(self, store: Store, sale: Sale) -> None:
        self._judge.sale(sale.units, self.truth[sale.sku])
        self.truth[sale.sku] -= sale.units
        self.ordered(store, sale)

    def _take_back(self, store: Store, act: Act) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            where, sale = self._open[at]
            if where is store and sale.state == "open":
                del self._open[at]
                self._back(store, sale, store.cancel(sale, restock=True, said=True))
                return

    def _pick(self, act: Act) -> tuple[Store, Sale] | None:
        if not self._open:
            return None
        return self._open.pop(int(act.draw * len(self._open)))

    def _cancel(self, act: Act) -> None:
        picked = self._pick(act)
        if picked is None:
            return
        store, sale = picked
        silent = act.units == 1 and act.draw * 10 % 1 < store.shape.silent
        restock = act.draw * 100 % 1 < 0.6
        self._trouble.seen["cancelled_in_silence"] += silent
        self._back(store, sale, store.cancel(sale, restock=restock, said=not silent))

    def _edit(self, act: Act) -> None:
        picked = self._pick(act)
        if picked is None:
            return
        store, sale = picked
        change = store.edit(sale, 1 if act.draw < 0.5 else -1)
        self._open.append((store, sale))
        self._back(store, sale, -change)

    def _send(self, act: Act) -> None:
        picked = self._pick(act)
        if picked is not None:
            picked[0].send(picked[1])
            self._open.append(picked)

    def _give_back(self, act: Act) -> None:
        sent = [one for one in self._open if one[1].sent]
        if not sent:
            return
        store, sale = sent[int(act.draw * len(sent))]
        self._back(store, sale, store.give_back(sale))

    def _back(self, store: Store, sale: Sale, units: int) -> None:
        """Note units that are there again."""
        self.truth[sale.sku] += units
        self._note("back", store, sale.sku, units, sale)

    def _note(
        self,
        kind: str,
        store: Store | None,
        sku: str,
        units: int,
        sale: Sale | None = None,
        lag: float = 0,
    ) -> None:
        now = self._stores[0].clock.now()
        name = "" if store is None else store.name
        order = "" if sale is None else sale.id
        self.trace.append(Trace(now, kind, name, sku, units, timedelta(seconds=lag), order))
