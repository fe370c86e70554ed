"""What Slack says about one method, and what runs when it is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from sandbox.slack.args import Args

if TYPE_CHECKING:
    from sandbox.slack.workspace import Workspace

# Slack's rate tiers in calls per minute; "special" methods have rules of their own.
Tier = Literal[1, 2, 3, 4, "special"]
TokenKind = Literal["bot", "app", "none"]

# Any method may answer these.
COMMON_ERRORS: Final = frozenset(
    {
        "not_authed",
        "invalid_auth",
        "token_revoked",
        "account_inactive",
        "not_allowed_token_type",
        "missing_scope",
        "invalid_arguments",
        "ratelimited",
    }
)

Handler = Callable[["Workspace", Args], dict[str, Any]]


@dataclass(frozen=True)
class Method:
    """One method: its arguments, its scopes (one of them is enough), the errors we answer."""

    name: str
    run: Handler
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    tier: Tier | None = None
    errors: frozenset[str] = frozenset()
    token: TokenKind = "bot"
    # What a missing argument is refused with, where Slack has a name of its own for it.
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> frozenset[str]:
        """Every argument Slack reads."""
        return frozenset({"token", *self.required, *self.optional})
