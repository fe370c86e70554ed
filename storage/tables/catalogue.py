"""Stores and what they sell: locations, warehouses, products, listings."""

from __future__ import annotations

import sqlalchemy as sa

from storage.tables.base import identity, json, metadata, moment, one_of, ref, text, whole

store = sa.Table(
    "store",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    text("platform"),
    text("account_id"),
    text("name"),
    text("currency", ""),
    text("base_url", null=True),
    json("settings"),
    text("sync_status", "off"),
    text("health", "ok"),
    whole("buffer", 0),
    whole("maximum", null=True),
    text("orders_cursor", null=True),
    moment("orders_read_at"),  # start of the newest complete order reading
    moment("read_to"),  # every order event before this was read; the store's clock
    moment("pushed_at"),
    moment("products_full_at"),  # start of the newest full import pass
    moment("products_changed_at"),  # start of the newest import, full or of changes
    moment("orders_due_at"),  # when the clock queues each kind of work next
    moment("products_due_at"),
    moment("push_due_at"),
    moment("fba_due_at"),
    # Who sends what the store sells, as chosen when sync was turned on: the merchant, the
    # platform itself from its own warehouses (FBA), or both.
    text("fulfilment", "merchant"),
    sa.Column("scopes", sa.ARRAY(sa.Text), nullable=True),  # as the last check found them
    whole("failures", 0),  # in a row, of any kind of work
    whole("throttled", 0),  # so often in a row it asked us to wait, which is no failure
    moment("on_since"),
    moment("off_since"),  # when sync was last turned off
    moment("looked_back_at"),  # last daily reading for orders that could be listed late
    moment("orders_from"),  # the next reading begins here, not at the cursor
    moment("lines_checked_at"),  # last daily look after open orders that no poll meets any more
    sa.Column(
        "early_orders_counted", sa.Boolean, nullable=False, server_default=sa.text("false")
    ),  # don't copy: "are these units still in your numbers?"
    moment("connected_at", null=False),
    sa.Column("connected_by", sa.Text, nullable=True),
    moment("disconnected_at"),
    sa.UniqueConstraint("workspace_id", "platform", "account_id"),
    one_of("sync_status", "off", "on", "paused"),
    one_of("health", "ok", "degraded", "failing", "needs_reconnect"),
    one_of("fulfilment", "merchant", "platform", "both"),
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
    moment("saved_at", null=False),
    moment("ends_at"),  # from when on only a person can renew the access
)

warehouse = sa.Table(
    "warehouse",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    text("name"),
    text("name_key"),
    moment("created_at", null=False),
    # Of an FBA warehouse the platform alone says what it holds: nobody adjusts or sells from it.
    text("kind", "own"),
    sa.UniqueConstraint("workspace_id", "name_key"),
    one_of("kind", "own", "fba"),
)

# Where the account of a store sells, and what was copied of the platform's own warehouses there.
marketplace = sa.Table(
    "marketplace",
    metadata,
    ref("store_id", "store"),
    text("remote_id"),
    text("name"),
    text("country"),
    sa.Column("suspended", sa.Boolean, nullable=False),
    moment("seen_at", null=False),
    sa.Column("tracked", sa.Boolean, nullable=False, server_default=sa.text("false")),
    ref("warehouse_id", "warehouse", null=True),  # ours that stands for the platform's there
    sa.Column("has_fba", sa.Boolean, nullable=True),  # null: never asked
    moment("asked_at"),  # begin of the newest reading that was answered
    moment("copied_at"),  # begin of the newest whole reading that was booked: the numbers' age
    whole("skus", 0),  # whose number was copied then
    json("left_out"),  # why -> how many SKUs were not
    sa.PrimaryKeyConstraint("store_id", "remote_id"),
    sa.UniqueConstraint("warehouse_id"),
)

# A store without locations has one row with an empty remote id.
location = sa.Table(
    "location",
    metadata,
    identity(),
    ref("store_id", "store"),
    text("remote_id"),
    text("name"),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("ours", sa.Boolean, nullable=False),
    text("decision", "open"),
    sa.Column("early_orders_counted", sa.Boolean, nullable=True),  # linked later: instead of
    # what the store says, since the answer was given for this place
    sa.UniqueConstraint("store_id", "remote_id"),
    one_of("decision", "open", "linked", "unlinked"),
)

# The warehouses whose sum a location shows; `receives` marks where a copy and orders go.
location_warehouse = sa.Table(
    "location_warehouse",
    metadata,
    ref("location_id", "location"),
    ref("warehouse_id", "warehouse"),
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
    identity(),
    ref("workspace_id", "workspace"),
    text("sku"),
    text("sku_key"),
    text("title", ""),
    moment("stopped_at"),  # since when it is not to be sold anywhere, and who said so
    text("stopped_by", null=True),
    whole("low_level", null=True),  # people are told when available falls to it; null: never
    moment("created_at", null=False),
    sa.UniqueConstraint("workspace_id", "sku_key"),
    sa.Index(
        "ix_product_stopped", "workspace_id", postgresql_where=sa.text("stopped_at is not null")
    ),
)

listing = sa.Table(
    "listing",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    ref("store_id", "store"),
    text("ref"),
    text("sku"),
    text("sku_key"),
    text("title", ""),
    text("state"),
    # On sale, or what its store renews as soon as there is stock: a number may be written.
    sa.Column("offered", sa.Boolean, nullable=False, server_default=sa.text("true")),
    sa.Column("tracked", sa.Boolean, nullable=False),
    text("channel"),
    ref("product_id", "product", null=True),
    text("unlinked", null=True),  # why it is linked to no product; null when linked
    ref("chosen_id", "product", null=True),  # what a person linked it to, whatever its SKU is
    moment("first_seen_at", null=False),
    moment("seen_at", null=False),
    moment("gone_at"),
    sa.UniqueConstraint("store_id", "ref"),
    sa.Index(None, "store_id", "sku_key"),
    sa.Index(None, "product_id"),
    sa.Index(None, "chosen_id"),
    sa.CheckConstraint("(product_id is null) = (unlinked is not null)", name="linked"),
    one_of("state", "active", "inactive", "sold_out", "expired", "archived"),
    one_of("unlinked", "no_sku", "duplicate", "renamed", "ignored"),
)

# What the last import saw; for showing a plan, never for counting.
listing_level = sa.Table(
    "listing_level",
    metadata,
    ref("listing_id", "listing"),
    ref("location_id", "location"),
    whole("available"),
    moment("as_of", null=False),
    sa.PrimaryKeyConstraint("listing_id", "location_id"),
)
