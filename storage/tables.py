"""The tables. Every row belongs to one workspace, directly or through its store.

Quantities are whole units; times are `timestamptz` in UTC. `sku_key` is the SKU
trimmed and case-folded, for comparing; `sku` is what the store says, for sending.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSTZMULTIRANGE, UUID

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True)


def _ref(name: str, target: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(
        name, sa.BigInteger, sa.ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=null
    )


def _time(name: str, *, null: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def _int(name: str, default: int | None = None, *, null: bool = False) -> sa.Column[int]:
    given = None if default is None else sa.text(str(default))
    return sa.Column(name, sa.Integer, nullable=null, server_default=given)


def _text(name: str, default: str | None = None, *, null: bool = False) -> sa.Column[str]:
    given = None if default is None else sa.text(f"'{default}'")
    return sa.Column(name, sa.Text, nullable=null, server_default=given)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False, server_default=sa.text("'{}'::jsonb"))


def _one_of(column: str, *words: str) -> sa.CheckConstraint:
    allowed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} in ({allowed})", name=column)


# People -------------------------------------------------------------------------

workspace = sa.Table(
    "workspace",
    metadata,
    _id(),
    sa.Column("team_id", sa.Text, nullable=False, unique=True),
    _text("name", ""),
    _text("alert_channel", null=True),
    _int("digest_hour", null=True),  # at which people are told of their day; null: never
    _text("digest_zone", "UTC"),
    sa.Column("digest_on", sa.Date, nullable=True),  # the day of theirs that was told last
    # A change that the breaker keeps back goes out only by somebody else than who made it.
    sa.Column("second_person", sa.Boolean, nullable=False, server_default=sa.text("false")),
    _time("created_at", null=False),
    sa.CheckConstraint("digest_hour between 0 and 23", name="digest_hour"),
)

person = sa.Table(
    "person",
    metadata,
    _ref("workspace_id", "workspace"),
    _text("slack_user"),
    _text("role"),
    _time("since", null=False),
    sa.PrimaryKeyConstraint("workspace_id", "slack_user"),
    _one_of("role", "manager", "operator", "viewer"),
)

claim_code = sa.Table(
    "claim_code",
    metadata,
    sa.Column("code_hash", sa.LargeBinary, primary_key=True),
    _time("created_at", null=False),
    _time("used_at"),
    _ref("workspace_id", "workspace", null=True),
)

connect_link = sa.Table(
    "connect_link",
    metadata,
    sa.Column("token_hash", sa.LargeBinary, primary_key=True),
    _ref("workspace_id", "workspace"),
    _text("slack_user"),
    _text("platform"),
    _ref("store_id", "store", null=True),
    _time("created_at", null=False),
    _time("expires_at", null=False),
    _time("used_at"),
    _int("tries", 0),  # forms sent with values that did not work
    # While its person is on the platform's own page: by what they are known again, and what
    # they typed before, sealed.
    sa.Column("state_hash", sa.LargeBinary, nullable=True, unique=True),
    sa.Column("sealed", sa.LargeBinary, nullable=True),
)

# Calls that were made of what a platform allows in a period, by whoever shares it.
budget = sa.Table(
    "budget",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _time("ends_at", null=False),
    _int("used"),
    sa.Index("ix_budget_ends_at", "ends_at"),
)

# What a connector has to remember about single listings of its store.
mark = sa.Table(
    "mark",
    metadata,
    _ref("store_id", "store"),
    _text("kind"),
    _text("key"),
    _time("at", null=False),
    sa.PrimaryKeyConstraint("store_id", "kind", "key"),
)

draft = sa.Table(
    "draft",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    _ref("workspace_id", "workspace"),
    _text("slack_user"),
    _ref("store_id", "store"),
    _text("flow"),
    _text("step"),
    _json("answers"),
    _int("revision", 0),
    _time("updated_at", null=False),
    _time("closed_at"),
    sa.Index(
        "uq_draft_open",
        "workspace_id",
        "slack_user",
        "store_id",
        "flow",
        unique=True,
        postgresql_where=sa.text("closed_at is null"),
    ),
)

audit = sa.Table(
    "audit",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _text("actor"),
    _text("act"),
    _text("subject", ""),
    _json("detail"),
    _text("link", null=True),
    _time("at", null=False),
    sa.Index(None, "workspace_id", "at"),
)

# Signed requests of the last minutes, so that a copy of one does nothing anywhere.
seen_request = sa.Table(
    "seen_request",
    metadata,
    sa.Column("signature_hash", sa.LargeBinary, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
)

# Stores and what they sell --------------------------------------------------------

store = sa.Table(
    "store",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _text("platform"),
    _text("account_id"),
    _text("name"),
    _text("currency", ""),
    _text("base_url", null=True),
    _json("settings"),
    _text("sync_status", "off"),
    _text("health", "ok"),
    _int("buffer", 0),
    _int("maximum", null=True),
    _text("orders_cursor", null=True),
    _time("orders_read_at"),  # start of the newest complete order reading
    _time("read_to"),  # every order event before this was read; the store's clock
    _time("pushed_at"),
    _time("products_full_at"),  # start of the newest full import pass
    _time("products_changed_at"),  # start of the newest import, full or of changes
    _time("orders_due_at"),  # when the clock queues each kind of work next
    _time("products_due_at"),
    _time("push_due_at"),
    _time("fba_due_at"),
    # Who sends what the store sells, as chosen when sync was turned on: the merchant, the
    # platform itself from its own warehouses (FBA), or both.
    _text("fulfilment", "merchant"),
    sa.Column("scopes", sa.ARRAY(sa.Text), nullable=True),  # as the last check found them
    _int("failures", 0),  # in a row, of any kind of work
    _time("on_since"),
    _time("off_since"),  # when sync was last turned off
    _time("looked_back_at"),  # last daily reading for orders that could be listed late
    _time("orders_from"),  # the next reading begins here, not at the cursor
    _time("lines_checked_at"),  # last daily look after open orders that no poll meets any more
    sa.Column(
        "early_orders_counted", sa.Boolean, nullable=False, server_default=sa.text("false")
    ),  # don't copy: "are these units still in your numbers?"
    _time("connected_at", null=False),
    _time("disconnected_at"),
    sa.UniqueConstraint("workspace_id", "platform", "account_id"),
    _one_of("sync_status", "off", "on", "paused"),
    _one_of("health", "ok", "degraded", "failing", "needs_reconnect"),
    _one_of("fulfilment", "merchant", "platform", "both"),
)

credential = sa.Table(
    "credential",
    metadata,
    sa.Column(
        "store_id",
        sa.BigInteger,
        sa.ForeignKey("store.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    _time("saved_at", null=False),
    _time("ends_at"),  # from when on only a person can renew the access
)

warehouse = sa.Table(
    "warehouse",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _text("name"),
    _text("name_key"),
    _time("created_at", null=False),
    # Of an FBA warehouse the platform alone says what it holds: nobody adjusts or sells from it.
    _text("kind", "own"),
    sa.UniqueConstraint("workspace_id", "name_key"),
    _one_of("kind", "own", "fba"),
)

# Where the account of a store sells, and what was copied of the platform's own warehouses there.
marketplace = sa.Table(
    "marketplace",
    metadata,
    _ref("store_id", "store"),
    _text("remote_id"),
    _text("name"),
    _text("country"),
    sa.Column("suspended", sa.Boolean, nullable=False),
    _time("seen_at", null=False),
    sa.Column("tracked", sa.Boolean, nullable=False, server_default=sa.text("false")),
    _ref("warehouse_id", "warehouse", null=True),  # ours that stands for the platform's there
    sa.Column("has_fba", sa.Boolean, nullable=True),  # null: never asked
    _time("asked_at"),  # begin of the newest reading that was answered
    _time("copied_at"),  # begin of the newest whole reading that was booked: the numbers' age
    _int("skus", 0),  # whose number was copied then
    _json("left_out"),  # why -> how many SKUs were not
    sa.PrimaryKeyConstraint("store_id", "remote_id"),
    sa.UniqueConstraint("warehouse_id"),
)

# A store without locations has one row with an empty remote id.
location = sa.Table(
    "location",
    metadata,
    _id(),
    _ref("store_id", "store"),
    _text("remote_id"),
    _text("name"),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("ours", sa.Boolean, nullable=False),
    _text("decision", "open"),
    sa.Column("early_orders_counted", sa.Boolean, nullable=True),  # linked later: instead of
    # what the store says, since the answer was given for this place
    sa.UniqueConstraint("store_id", "remote_id"),
    _one_of("decision", "open", "linked", "unlinked"),
)

# The warehouses whose sum a location shows; `receives` marks where a copy and orders go.
location_warehouse = sa.Table(
    "location_warehouse",
    metadata,
    _ref("location_id", "location"),
    _ref("warehouse_id", "warehouse"),
    sa.Column("receives", sa.Boolean, nullable=False),
    sa.PrimaryKeyConstraint("location_id", "warehouse_id"),
    sa.Index(None, "warehouse_id"),
    sa.Index(
        "uq_location_warehouse_receives",
        "location_id",
        unique=True,
        postgresql_where=sa.text("receives"),
    ),
)

product = sa.Table(
    "product",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _text("sku"),
    _text("sku_key"),
    _text("title", ""),
    _time("stopped_at"),  # since when it is not to be sold anywhere, and who said so
    _text("stopped_by", null=True),
    _int("low_level", null=True),  # people are told when available falls to it; null: never
    _time("created_at", null=False),
    sa.UniqueConstraint("workspace_id", "sku_key"),
    sa.Index(
        "ix_product_stopped", "workspace_id", postgresql_where=sa.text("stopped_at is not null")
    ),
)

listing = sa.Table(
    "listing",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _ref("store_id", "store"),
    _text("ref"),
    _text("sku"),
    _text("sku_key"),
    _text("title", ""),
    _text("state"),
    # On sale, or what its store renews as soon as there is stock: a number may be written.
    sa.Column("offered", sa.Boolean, nullable=False, server_default=sa.text("true")),
    sa.Column("tracked", sa.Boolean, nullable=False),
    _text("channel"),
    _ref("product_id", "product", null=True),
    _text("unlinked", null=True),  # why it is linked to no product; null when linked
    _ref("chosen_id", "product", null=True),  # what a person linked it to, whatever its SKU is
    _time("first_seen_at", null=False),
    _time("seen_at", null=False),
    _time("gone_at"),
    sa.UniqueConstraint("store_id", "ref"),
    sa.Index(None, "store_id", "sku_key"),
    sa.Index(None, "product_id"),
    sa.Index(None, "chosen_id"),
    sa.CheckConstraint("(product_id is null) = (unlinked is not null)", name="linked"),
    _one_of("state", "active", "inactive", "sold_out", "expired", "archived"),
    _one_of("unlinked", "no_sku", "duplicate", "renamed", "ignored"),
)

# What the last import saw; for showing a plan, never for counting.
listing_level = sa.Table(
    "listing_level",
    metadata,
    _ref("listing_id", "listing"),
    _ref("location_id", "location"),
    _int("available"),
    _time("as_of", null=False),
    sa.PrimaryKeyConstraint("listing_id", "location_id"),
)

# The ledger ----------------------------------------------------------------------

change_set = sa.Table(
    "change_set",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _ref("store_id", "store", null=True),
    _text("kind"),
    _text("actor"),
    _text("note", ""),
    _time("at", null=False),
    _ref("undoes_id", "change_set", null=True),  # the act that this one takes back
    sa.UniqueConstraint("undoes_id"),
    sa.Index(None, "workspace_id", "id"),
)

movement = sa.Table(
    "movement",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _ref("product_id", "product"),
    _ref("warehouse_id", "warehouse"),
    _int("on_hand_delta"),
    _int("committed_delta"),
    _text("cause"),
    _text("cause_key"),
    _ref("change_set_id", "change_set", null=True),
    _ref("order_line_id", "order_line", null=True),
    _time("at", null=False),
    sa.UniqueConstraint("workspace_id", "cause_key"),
    sa.Index(None, "product_id", "warehouse_id", "id"),
    sa.Index(
        "ix_movement_acts",
        "change_set_id",
        postgresql_where=sa.text("change_set_id is not null and cause <> 'order'"),
    ),
    _one_of(
        "cause",
        "copy",
        "order",
        "change",
        "count",
        "received",
        "transfer",
        "adopt",
        "undo",
        "fba",
    ),
)

# The sums of the movements, kept beside them in the same transaction (R1).
stock = sa.Table(
    "stock",
    metadata,
    _ref("product_id", "product"),
    _ref("warehouse_id", "warehouse"),
    _ref("workspace_id", "workspace"),
    _int("on_hand", 0),
    _int("committed", 0),
    sa.Column("available", sa.Integer, sa.Computed("on_hand - committed", persisted=True)),
    _time("counted_at"),  # first copy, count or change; an order alone counts nothing
    sa.PrimaryKeyConstraint("product_id", "warehouse_id"),
    sa.Index(None, "warehouse_id"),
)

# Counts and deliveries of many SKUs, looked at by a person before they are booked.
stock_sheet = sa.Table(
    "stock_sheet",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    _ref("workspace_id", "workspace"),
    _text("slack_user"),
    _text("kind"),
    _ref("warehouse_id", "warehouse"),
    _text("reason"),
    _text("pasted"),  # as it was typed, so that going back loses nothing
    _json("seen"),  # product -> on hand as the person saw it; null: not counted then
    _time("created_at", null=False),
    _ref("change_set_id", "change_set", null=True),  # null until it is booked
    sa.Index(None, "created_at"),
    _one_of("kind", "count", "receive"),
)

customer_order = sa.Table(
    "customer_order",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _ref("store_id", "store"),
    _text("remote_id"),
    _text("name"),
    _text("state"),
    _time("placed_at", null=False),
    _time("stamp", null=False),  # the store's time of the version read last
    _time("seen_at", null=False),  # when any reading met it last
    sa.UniqueConstraint("store_id", "remote_id"),
    _one_of("state", "open", "closed", "cancelled"),
)

order_line = sa.Table(
    "order_line",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _ref("store_id", "store"),
    _ref("order_id", "customer_order"),
    _text("remote_id"),
    _text("ref", null=True),
    _text("sku"),
    _text("location_remote_id", null=True),
    _ref("listing_id", "listing", null=True),
    _ref("product_id", "product", null=True),
    _ref("warehouse_id", "warehouse", null=True),
    _int("ordered"),
    _int("taken"),
    _int("committed"),
    _int("deducted", 0),  # units that the store's own number lacks because of the line
    _int("baseline_taken", 0),  # units that our numbers already lacked when they were set
    _int("booked_available", 0),
    _int("booked_committed", 0),
    _int("bookings", 0),
    _text("unbooked", null=True),  # why the line has no effect; null when it has
    sa.UniqueConstraint("order_id", "remote_id"),
    sa.Index(None, "store_id", "product_id"),
    sa.Index(None, "product_id"),
)

# Stock out -----------------------------------------------------------------------

GOAL = (
    "case when stopped then 0 when returns_to is not null then greatest(returns_to, 0)"
    " else greatest(greatest(desired + braked, 0) + held, 0) end"
)

target = sa.Table(
    "target",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _ref("store_id", "store"),
    _ref("listing_id", "listing"),
    _ref("location_id", "location"),
    _ref("product_id", "product"),
    _int("desired", null=True),  # null: not counted yet; below zero: oversold
    _int("version", 0),
    # Its product is not to be sold for now: it shows 0, whatever it should show else.
    sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.text("false")),
    _time("made_at"),
    _time("raised_at"),  # newest increase of desired
    _int("shown", null=True),  # null: unknown
    _int("held", 0),  # unexplained difference that waits for a person's decision
    _time("held_from"),  # end of the last reading that did not have it yet
    _int("braked", 0),  # difference that the breaker keeps back until a manager decides
    _int("acked_version", 0),
    sa.Column("attempt_id", UUID(as_uuid=True), nullable=True),  # the flight
    _time("stale_at"),  # newest refusal that no order has explained yet
    sa.Column(
        "windows", TSTZMULTIRANGE, nullable=False, server_default=sa.text("'{}'::tstzmultirange")
    ),  # when writes that compare nothing may have swallowed an own effect of the store
    _int("pending", null=True),  # number of the newest write that may not have landed yet
    _time("pending_until"),  # until then that number is waited for, not written again
    _int("looming", null=True),  # highest number that may still land while anything is unsettled
    _time("unsettled_until"),  # an earlier write may still land before this
    _time("accepted_until"),  # an accepted write is open; given up by then at the latest
    _int("shown_before", null=True),  # what is shown if the open accepted write never lands
    _time("written_at"),  # answer to our newest write, margin included
    _time("effect_at"),  # end of the newest own effect of the store that we booked
    _time("rebase_lo"),  # the last conclusive reading
    _time("rebase_hi"),
    _time("copied_lo"),  # the reading that the opening number came from
    _time("copied_hi"),
    _int("earlier", null=True),  # what was shown before our first push
    _ref("pushed_by_id", "change_set", null=True),  # turning sync on, which pushed
    _int("returns_to", null=True),  # that number less own sales since: the push is being undone
    sa.Column("goal", sa.Integer, sa.Computed(GOAL, persisted=True)),  # what it is to show now
    sa.Column(
        "take_over", sa.Boolean, nullable=False, server_default=sa.text("false")
    ),  # the next conclusive reading becomes our number
    sa.Column(
        "waits", sa.Boolean, nullable=False, server_default=sa.text("false")
    ),  # for a number that is to become ours and that it will show too
    sa.Column(
        "stocking", sa.Boolean, nullable=False, server_default=sa.text("false")
    ),  # the item is not stocked there yet, and a person agreed that it is to be
    _int("probe_shown", null=True),  # a reading that waits for the orders
    _time("probe_lo"),
    _time("probe_hi"),
    _int("probe_after", 0),
    _time("audited_at"),
    _text("rejected", null=True),  # the store's words for refusing the last write
    _time("retry_at"),
    _int("refusals", 0),
    sa.UniqueConstraint("listing_id", "location_id"),
    sa.Index(None, "product_id"),
    sa.Index(None, "attempt_id"),
    sa.Index(
        "ix_target_wanting",
        "store_id",
        postgresql_where=sa.text(
            "attempt_id is null and shown is not null and greatest(shown, 0) <> goal"
        ),
    ),
    sa.Index(
        "ix_target_unknown",
        "store_id",
        postgresql_where=sa.text("probe_hi is null and (shown is null or stale_at is not null)"),
    ),
    sa.Index(
        "ix_target_raising",
        "store_id",
        "raised_at",
        postgresql_where=sa.text(
            "attempt_id is null and rejected is null and shown is not null"
            " and greatest(shown, 0) < goal"
        ),
    ),
    sa.Index("ix_target_refused", "store_id", postgresql_where=sa.text("rejected is not null")),
    sa.Index("ix_target_take_over", "store_id", postgresql_where=sa.text("take_over")),
    sa.Index("ix_target_waits", "store_id", postgresql_where=sa.text("waits")),
    sa.Index("ix_target_stocking", "store_id", postgresql_where=sa.text("stocking")),
    sa.Index("ix_target_probing", "store_id", postgresql_where=sa.text("probe_hi is not null")),
    sa.Index("ix_target_audit", "store_id", "audited_at"),
    sa.Index(
        "ix_target_pushed", "pushed_by_id", postgresql_where=sa.text("pushed_by_id is not null")
    ),
    sa.Index("ix_target_windows", "store_id", postgresql_where=sa.text("not isempty(windows)")),
)

# A flight: one call to a store, written down before it is sent.
attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    _ref("store_id", "store"),
    _text("worker"),
    _int("sends", 0),
    _time("read_from"),  # begin of the level reading that a write without comparing is built on
    _time("created_at", null=False),
    _time("lease_until", null=False),
    _time("done_at"),
    sa.Index(None, "store_id", "created_at"),
    sa.Index("ix_attempt_open", "store_id", postgresql_where=sa.text("done_at is null")),
)

attempt_item = sa.Table(
    "attempt_item",
    metadata,
    sa.Column(
        "attempt_id",
        UUID(as_uuid=True),
        sa.ForeignKey("attempt.id", ondelete="CASCADE"),
        nullable=False,
    ),
    _int("position"),
    _ref("target_id", "target"),
    _int("from_value"),
    _int("to_value"),
    _int("version"),
    _text("outcome", null=True),
    _text("handle", null=True),  # what the store calls a write that it only accepted
    _time("accepted_at"),
    _time("poll_at"),  # when the store is next asked what became of it
    sa.PrimaryKeyConstraint("attempt_id", "position"),
    sa.Index(None, "target_id"),
    # Accepted writes whose end is not known yet.
    sa.Index("ix_attempt_item_open", "poll_at", postgresql_where=sa.text("outcome = 'accepted'")),
)

# What changes by people did to targets that is worth counting: emptied, or multiplied (R14).
jolt = sa.Table(
    "jolt",
    metadata,
    _id(),
    _ref("store_id", "store"),
    _ref("target_id", "target"),
    _ref("change_set_id", "change_set"),
    _int("before"),
    _int("after"),
    _time("at", null=False),
    sa.Index(None, "store_id", "at"),
)

# Turning on ------------------------------------------------------------------------

plan = sa.Table(
    "plan",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    _ref("workspace_id", "workspace"),
    _ref("store_id", "store"),
    _json("choices"),
    _json("figures"),
    _time("made_at", null=False),
    _time("confirmed_at"),
    _text("confirmed_by", null=True),
)

plan_line = sa.Table(
    "plan_line",
    metadata,
    sa.Column(
        "plan_id", UUID(as_uuid=True), sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False
    ),
    _ref("listing_id", "listing"),
    _ref("location_id", "location"),
    _text("kind"),
    _int("now", null=True),
    _int("becomes", null=True),
    sa.Column(
        "parts", sa.ARRAY(sa.Integer), nullable=False, server_default=sa.text("'{}'::integer[]")
    ),  # what it becomes the sum of, before the store's own limits
    sa.PrimaryKeyConstraint("plan_id", "listing_id", "location_id"),
    _one_of(
        "kind",
        "up",
        "down",
        "to_zero",
        "from_zero",
        "same",
        "uncounted",
        "left_alone",
        "not_stocked",
    ),
)

turn_on = sa.Table(
    "turn_on",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _ref("store_id", "store"),
    # Null where nothing but FBA is turned on: that writes nothing, so it has no plan.
    sa.Column("plan_id", UUID(as_uuid=True), sa.ForeignKey("plan.id"), nullable=True),
    _text("phase", "orders"),
    _text("actor"),
    _text("channel", null=True),  # where the progress message stands
    _text("message_ts", null=True),
    _text("stopped", null=True),  # why it was given up
    _time("started_at", null=False),
    _time("done_at"),
    _one_of("phase", "orders", "reading", "done", "stopped", "fba", "returning"),
    sa.Index(
        "uq_turn_on_running",
        "store_id",
        unique=True,
        postgresql_where=sa.text("done_at is null"),
    ),
)

# Failures and what is said about them -------------------------------------------------

incident = sa.Table(
    "incident",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _ref("store_id", "store", null=True),
    _text("kind"),
    _text("subject", ""),
    _json("facts"),
    _time("opened_at", null=False),
    _time("last_at", null=False),
    _int("repeats", 0),
    _time("closed_at"),
    _text("acknowledged_by", null=True),
    _time("snoozed_until"),
    _text("channel", null=True),
    _text("message_ts", null=True),
    sa.Index(
        "uq_incident_open",
        "workspace_id",
        sa.text("coalesce(store_id, 0)"),
        "kind",
        "subject",
        unique=True,
        postgresql_where=sa.text("closed_at is null"),
    ),
)

# Messages that were sent to several people: where they stand with the others.
message_copy = sa.Table(
    "message_copy",
    metadata,
    _text("channel"),
    _text("ts"),
    _ref("incident_id", "incident", null=True),
    _ref("turn_on_id", "turn_on", null=True),
    sa.PrimaryKeyConstraint("channel", "ts"),
    sa.Index(None, "incident_id"),
    sa.Index(None, "turn_on_id"),
    sa.CheckConstraint("(incident_id is null) <> (turn_on_id is null)", name="about"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _id(),
    _ref("workspace_id", "workspace"),
    _ref("incident_id", "incident", null=True),
    _text("kind"),
    _json("payload"),
    _time("created_at", null=False),
    _time("not_before", null=False),
    _time("sent_at"),
    _int("tries", 0),
    _text("problem", null=True),
    sa.Index("ix_outbox_waiting", "not_before", postgresql_where=sa.text("sent_at is null")),
)
