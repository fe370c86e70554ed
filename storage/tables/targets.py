"""What each listing should show, and the writes that make it so."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, UUID

from storage.tables.base import identity, metadata, moment, ref, text, whole

GOAL = (
    "case when stopped then 0 when returns_to is not null then greatest(returns_to, 0)"
    " else greatest(greatest(desired + braked, 0) + held, 0) end"
)

target = sa.Table(
    "target",
    metadata,
    identity(),
    ref("workspace_id", "workspace"),
    ref("store_id", "store"),
    ref("listing_id", "listing"),
    ref("location_id", "location"),
    ref("product_id", "product"),
    whole("desired", null=True),  # null: not counted yet; below zero: oversold
    whole("version", 0),
    # Its product is not to be sold for now: it shows 0, whatever it should show else.
    sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.text("false")),
    moment("made_at"),
    moment("raised_at"),  # newest increase of desired
    whole("shown", null=True),  # null: unknown
    whole("held", 0),  # unexplained difference that waits for a person's decision
    moment("held_from"),  # end of the last reading that did not have it yet
    whole("braked", 0),  # difference that the breaker keeps back until a manager decides
    whole("acked_version", 0),
    sa.Column("attempt_id", UUID(as_uuid=True), nullable=True),  # the flight
    moment("stale_at"),  # newest refusal that no order has explained yet
    sa.Column(
        "windows", TSTZMULTIRANGE, nullable=False, server_default=sa.text("'{}'::tstzmultirange")
    ),  # when writes that compare nothing may have swallowed an own effect of the store
    whole("pending", null=True),  # number of the newest write that may not have landed yet
    moment("pending_until"),  # until then that number is waited for, not written again
    whole("looming", null=True),  # highest number that may still land while anything is unsettled
    moment("unsettled_until"),  # an earlier write may still land before this
    moment("accepted_until"),  # an accepted write is open; given up by then at the latest
    whole("shown_before", null=True),  # what is shown if the open accepted write never lands
    moment("written_at"),  # answer to our newest write, margin included
    moment("effect_at"),  # end of the newest own effect of the store that we booked
    moment("rebase_lo"),  # the last conclusive reading
    moment("rebase_hi"),
    moment("copied_lo"),  # the reading that the opening number came from
    moment("copied_hi"),
    whole("earlier", null=True),  # what was shown before our first push
    ref("pushed_by_id", "change_set", null=True),  # turning sync on, which pushed
    whole("returns_to", null=True),  # that number less own sales since: the push is being undone
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
    whole("probe_shown", null=True),  # a reading that waits for the orders
    moment("probe_lo"),
    moment("probe_hi"),
    whole("probe_after", 0),
    sa.Column(
        "probe_unsure", sa.Boolean, nullable=False, server_default=sa.text("false")
    ),  # its store sold around it: the highest number that it may have been
    whole("discarded", 0),  # readings in a row that its store sold around
    sa.Column(
        "unsure", sa.Boolean, nullable=False, server_default=sa.text("false")
    ),  # what is shown came from such a reading: another number is nobody's doing
    moment("audited_at"),
    text("rejected", null=True),  # the store's words for refusing the last write
    moment("retry_at"),
    whole("refusals", 0),
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
        postgresql_where=sa.text("shown is null or stale_at is not null or unsure"),
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
    ref("store_id", "store"),
    text("worker"),
    whole("sends", 0),
    moment("read_from"),  # begin of the level reading that a write without comparing is built on
    moment("created_at", null=False),
    moment("lease_until", null=False),
    moment("done_at"),
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
    whole("position"),
    ref("target_id", "target"),
    whole("from_value"),
    whole("to_value"),
    whole("version"),
    text("outcome", null=True),
    text("handle", null=True),  # what the store calls a write that it only accepted
    moment("accepted_at"),
    moment("poll_at"),  # when the store is next asked what became of it
    sa.PrimaryKeyConstraint("attempt_id", "position"),
    sa.Index(None, "target_id"),
    # Accepted writes whose end is not known yet.
    sa.Index("ix_attempt_item_open", "poll_at", postgresql_where=sa.text("outcome = 'accepted'")),
)

# What changes by people did to targets that is worth counting: emptied, or multiplied (R14).
jolt = sa.Table(
    "jolt",
    metadata,
    identity(),
    ref("store_id", "store"),
    ref("target_id", "target"),
    ref("change_set_id", "change_set"),
    whole("before"),
    whole("after"),
    moment("at", null=False),
    sa.Index(None, "store_id", "at"),
)
