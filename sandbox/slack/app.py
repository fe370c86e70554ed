"""The app as Slack knows it: ids, tokens, and the manifest that installed it."""

import secrets
from dataclasses import dataclass, field


def _token(prefix: str) -> str:
    return f"{prefix}-{secrets.randbelow(10**12):012d}-{secrets.token_hex(12)}"


@dataclass(frozen=True)
class AppIdentity:
    """Ids are fixed, so that a restarted workspace knows the same app; secrets are not shown."""

    app_id: str = "A0STOCKROOM"
    bot_id: str = "B0STOCKROOM"
    bot_user_id: str = "U0STOCKROOM"
    bot_token: str = field(default_factory=lambda: _token("xoxb"), repr=False)
    app_token: str = field(default_factory=lambda: _token("xapp-1-A0STOCKROOM"), repr=False)
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    verification_token: str = field(default_factory=lambda: secrets.token_hex(12), repr=False)
