"""What a platform asks about beyond quantities: agreed to in the review, bound by the plan."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from connectors.platform import Fee
from flows import turn_on
from flows.engine import Draft, Result, Say, ShowForm
from flows.facts import Facts
from sync.agreements import Standing
from sync.plan import Renewals
from tests.unit.flows import made

PRICES = Standing("base_prices", required=True, stands=False)
RENEW = Standing("auto_renew", required=False, stands=True)


def facts(*agreements: Standing) -> Facts:
    return made.facts(made.store(has_locations=False, agreements=agreements))


def at(step: str, **answers: object) -> Draft:
    return Draft(UUID(int=1), 1, step, answers, 0)


def text(result: Result) -> str:
    assert isinstance(result, ShowForm)
    return "\n".join(part.text for part in result.content if isinstance(part, Say))


def test_r9_nobody_agrees_by_going_on() -> None:
    """Nothing is chosen for the person, and neither no answer nor a no leads on."""
    draft, shown = turn_on.step(at("review"), facts(PRICES, RENEW), None)
    assert isinstance(shown, ShowForm)
    assert [(one.key, one.value) for one in shown.choices()] == [
        ("base_prices", None),
        ("auto_renew", "yes"),
    ]
    assert "price in your shop's currency" in text(shown)
    for given in ({}, {"base_prices": "no", "auto_renew": "yes"}):
        _, held = turn_on.step(draft, facts(PRICES, RENEW), given)
        assert isinstance(held, ShowForm)
        assert held.step == "review"
        assert "base_prices" in held.errors


def test_r9_what_was_agreed_is_bound_by_the_confirmation() -> None:
    known = facts(PRICES, RENEW)
    draft, shown = turn_on.step(at("review"), known, {"base_prices": "yes", "auto_renew": "no"})
    assert isinstance(shown, ShowForm)
    assert shown.step == "copy"
    answered = draft.with_answers({"mode": "keep", "warehouses": ["new"]})
    assert turn_on.chosen(answered, known.store).agreed == {
        "base_prices": True,
        "auto_renew": False,
    }


def test_what_was_agreed_before_is_chosen_already() -> None:
    stood = replace(PRICES, stands=True), replace(RENEW, stands=False)
    _, shown = turn_on.step(at("review"), facts(*stood), None)
    assert isinstance(shown, ShowForm)
    assert [one.value for one in shown.choices()] == ["yes", "no"]


def test_other_platforms_are_asked_nothing_in_the_review() -> None:
    _, shown = turn_on.step(at("review"), facts(), {})
    assert isinstance(shown, ShowForm)
    assert shown.step == "copy"


def test_the_plan_says_what_is_renewed_and_what_it_costs() -> None:
    fee = Fee(Decimal("0.20"), "USD")
    for renewals, said in (
        (Renewals(7, 0, fee), "7 sold-out listings will be renewed, about 1.40 USD."),
        (Renewals(1, 0, fee), "1 sold-out listing will be renewed, about 0.20 USD."),
        (Renewals(2, 3, fee), "2 sold-out and 3 expired listings will be renewed, about 1.00 USD."),
    ):
        known = replace(facts(PRICES, RENEW), plan=made.plan(renewals=renewals))
        answers = {
            "mode": "copy",
            "warehouses": ["new"],
            "receives": "new",
            "plan": str(UUID(int=1)),
        }
        _, shown = turn_on.step(at("plan", **answers), known, None)
        assert said in text(shown)
