"""The environment is checked whole, told in words, and never shows a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.settings import Need, Settings, SettingsError, load
from storage.secrets import Secret

# Made up for tests, and always the same: every worker must collect the same parameters.
KEY = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
OTHER_KEY = "H9sSVn9NZRaFRdAlYuvBcVwPLJRcnUaZlLQ2pTPkSCU="

GOOD = {
    "DATABASE_URL": "postgresql://stock:pw-of-the-database@db.example.com:5432/stockroom",
    "STOCKROOM_POOLER": "transaction",
    "STOCKROOM_DATA_DIR": "/srv/stock",
    "SLACK_BOT_TOKEN": "xoxb-1-bot-token",
    "SLACK_SIGNING_SECRET": "the-signing-secret",
    "SLACK_APP_TOKEN": "xapp-1-app-token",
    "SLACK_API_URL": "http://127.0.0.1:9000/api/",
    "STOCKROOM_SECRET_KEY": f"{KEY}, {OTHER_KEY}",
    "STOCKROOM_PUBLIC_URL": "https://stock.example.com/",
    "STOCKROOM_LISTEN": "0.0.0.0:8080",
    "STOCKROOM_NEW_STORES": '{"shopify": {"orders_every_seconds": 30}}',
}
SECRET_VALUES = (
    GOOD["DATABASE_URL"],
    "pw-of-the-database",
    GOOD["SLACK_BOT_TOKEN"],
    GOOD["SLACK_SIGNING_SECRET"],
    GOOD["SLACK_APP_TOKEN"],
    KEY,
    OTHER_KEY,
)


def wrong_variables(environ: dict[str, str], *needs: Need) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(environ, *needs)
    return [problem.variable for problem in caught.value.problems]


def test_everything_set_is_read() -> None:
    settings = load(GOOD, *Need)
    assert settings == Settings(
        database_url=Secret(GOOD["DATABASE_URL"]),
        pooler=True,
        data_dir=Path("/srv/stock"),
        slack_bot_token=Secret("xoxb-1-bot-token"),
        slack_signing_secret=Secret("the-signing-secret"),
        slack_app_token=Secret("xapp-1-app-token"),
        slack_api_url="http://127.0.0.1:9000/api/",
        secret_keys=(Secret(KEY), Secret(OTHER_KEY)),
        public_url="https://stock.example.com",
        listen=("0.0.0.0", 8080),  # noqa: S104 - what the person wrote
        new_stores={"shopify": {"orders_every_seconds": 30}},
    )


def test_defaults() -> None:
    settings = load({})
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.listen == ("127.0.0.1", 3000)
    assert settings.database_url is None


@pytest.mark.parametrize(
    ("euid", "expected"),
    [(0, Path("/var/lib/stockroom")), (1000, Path.cwd() / ".stockroom")],
)
def test_data_dir_by_who_runs_it(
    monkeypatch: pytest.MonkeyPatch, euid: int, expected: Path
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: euid)
    assert load({}).data_dir == expected


def test_a_data_dir_is_taken_from_where_we_stand() -> None:
    assert load({"STOCKROOM_DATA_DIR": "stock"}).data_dir == Path.cwd() / "stock"
    assert load({"STOCKROOM_DATA_DIR": "/srv/stock"}).data_dir == Path("/srv/stock")


def test_blank_is_unset() -> None:
    assert wrong_variables({"SLACK_BOT_TOKEN": "  "}, Need.SLACK) == ["SLACK_BOT_TOKEN"]


def test_every_missing_variable_is_named_at_once() -> None:
    assert wrong_variables({}, *Need) == [
        "DATABASE_URL",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "STOCKROOM_SECRET_KEY",
    ]


def test_only_what_a_command_needs_is_demanded() -> None:
    assert load({}, *()).slack_bot_token is None
    assert wrong_variables({}, Need.KEY) == ["STOCKROOM_SECRET_KEY"]


@pytest.mark.parametrize("variable", ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"])
def test_slack_reaches_us_one_way_or_the_other(variable: str) -> None:
    load({variable: GOOD[variable]}, Need.SLACK_IN)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://u:hidden-word@h/d"),
        ("DATABASE_URL", "postgresql://u:hidden-word@h"),
        ("DATABASE_URL", "postgresql://u:hidden-word@h:port/d"),
        ("SLACK_BOT_TOKEN", "xoxp-hidden-word"),
        ("SLACK_BOT_TOKEN", "xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-hidden word"),
        ("SLACK_APP_TOKEN", "xoxb-hidden-word"),
        ("SLACK_API_URL", "https://slack.com"),
        ("SLACK_API_URL", "slack.com/api/"),
        ("STOCKROOM_POOLER", "session"),
        ("STOCKROOM_POOLER", "yes"),
        ("STOCKROOM_SECRET_KEY", "hidden-word"),
        ("STOCKROOM_SECRET_KEY", f"{KEY},hidden-word"),
        ("STOCKROOM_SECRET_KEY", ","),
        ("STOCKROOM_PUBLIC_URL", "stock.example.com"),
        ("STOCKROOM_PUBLIC_URL", "http://stock.example.com"),
        ("STOCKROOM_PUBLIC_URL", "https://stock.example.com/?a=1"),
        ("STOCKROOM_LISTEN", "3000"),
        ("STOCKROOM_LISTEN", "localhost:http"),
        ("STOCKROOM_LISTEN", "localhost:70000"),
        ("STOCKROOM_NEW_STORES", "shopify"),
        ("STOCKROOM_NEW_STORES", '{"shopify": 30}'),
        ("STOCKROOM_NEW_STORES", "[]"),
        ("STOCKROOM_NEW_STORES", '{"shopify": {"base_url": "here"}}'),
        ("STOCKROOM_NEW_STORES", '{"shopify": {"orders_every_seconds": "soon"}}'),
        ("STOCKROOM_NEW_STORES", '{"shopify": {"orders_every_seconds": true}}'),
        ("STOCKROOM_NEW_STORES", '{"shopify": {"orders_every_seconds": NaN}}'),
        ("STOCKROOM_NEW_STORES", '{"shopify": {"audit_every_hours": 0}}'),
        ("STOCKROOM_NEW_STORES", '{"shopify": {"breaker_percent": "lots"}}'),
        ("STOCKROOM_NEW_STORES", '{"shopify": {"breaker_percent": 101}}'),
        ("STOCKROOM_NEW_STORES", '{"shopify": {"on_drift": "fight"}}'),
        ("STOCKROOM_NEW_STORES", '{"woocommerce": {"allow_http": "yes"}}'),
        ("STOCKROOM_NEW_STORES", '{"woocommerce": {"order_states": "open"}}'),
        ("STOCKROOM_NEW_STORES", '{"shopify": {"stocking": {"by": "U1"}}}'),
        ("STOCKROOM_NEW_STORES", '{"bigcommerce": {"location_id": "main"}}'),
        ("STOCKROOM_NEW_STORES", '{"ebay": {"trading_calls_a_day": 0}}'),
        ("STOCKROOM_NEW_STORES", '{"etsy": {"calls_a_day": 0.5}}'),
        ("STOCKROOM_NEW_STORES", '{"etsy": {"base_prices": true}}'),
        ("STOCKROOM_NEW_STORES", '{"etsy": {"auto_renew": "no"}}'),
        ("STOCKROOM_NEW_STORES", '{"walmart": {"ship_node": ""}}'),
        ("STOCKROOM_NEW_STORES", '{"walmart": {"ship_node": 8.5}}'),
        ("STOCKROOM_NEW_STORES", '{"walmart": {"ship_node": true}}'),
    ],
)
def test_a_malformed_value_is_a_problem_of_its_variable_alone(variable: str, value: str) -> None:
    environ = {**GOOD, variable: value}
    assert wrong_variables(environ, *Need) == [variable]
    with pytest.raises(SettingsError) as caught:
        load(environ)
    assert "hidden" not in str(caught.value)
    load(GOOD, *Need)  # the rest was right: mending it is enough


def test_loopback_may_be_plain_http() -> None:
    assert load({"STOCKROOM_PUBLIC_URL": "http://127.0.0.1:3000"}).public_url is not None


def test_no_secret_in_any_rendering() -> None:
    settings = load(GOOD, *Need)
    rendered = f"{settings} {settings!r} {settings.slack_bot_token} {settings.secret_keys}"
    assert not [value for value in SECRET_VALUES if value in rendered]
    assert set(settings.secrets()) >= set(SECRET_VALUES) - {"pw-of-the-database"}


def test_what_stores_of_each_platform_start_with_is_read() -> None:
    given = {
        "woocommerce": {"allow_http": True, "order_states": {"wc-packed": "open"}},
        "bigcommerce": {"location_id": 3, "audit_every_hours": 0.5},
        "walmart": {"ship_node": "84955660770217985"},
        "ebay": {"breaker_percent": 25, "on_drift": "put_back"},
    }
    assert load({"STOCKROOM_NEW_STORES": json.dumps(given)}).new_stores == given
