"""The small checks from which all shapes of Block Kit are put together."""

import re
from collections.abc import Callable, Iterable, Mapping

from sandbox.slack.blockkit.report import Check, Report

# A rule looks at a whole object after its fields were checked.
Rule = Callable[[Report, str, Mapping[str, object]], None]


def string(
    minimum: int = 0, maximum: int | None = None, pattern: str | None = None, hint: str = ""
) -> Check:
    """Check for a string of so many code points, matching `pattern` whole if given."""
    expression = re.compile(pattern) if pattern else None

    def check(report: Report, pointer: str, value: object) -> None:
        if not isinstance(value, str):
            report.add(pointer, "must provide a string")
        elif len(value) < minimum:
            report.add(pointer, f"must be more than {minimum - 1} characters")
        elif maximum is not None and len(value) > maximum:
            report.add(pointer, f"must be less than {maximum + 1} characters")
        elif expression and not expression.fullmatch(value):
            report.add(pointer, hint or f"does not match pattern {expression.pattern}")

    return check


def flag(report: Report, pointer: str, value: object) -> None:
    """Check for true or false."""
    if not isinstance(value, bool):
        report.add(pointer, "must provide a boolean")


def whole(minimum: int | None = None, maximum: int | None = None) -> Check:
    """Check for an integer within bounds."""

    def check(report: Report, pointer: str, value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add(pointer, "must provide an integer")
        elif minimum is not None and value < minimum:
            report.add(pointer, f"must be greater than {minimum - 1}")
        elif maximum is not None and value > maximum:
            report.add(pointer, f"must be less than {maximum + 1}")

    return check


def one_of(*values: str) -> Check:
    """Check for one of a closed list of words."""

    def check(report: Report, pointer: str, value: object) -> None:
        if value not in values:
            report.add(pointer, f"must be one of: {', '.join(values)}")

    return check


def items(check: Check, minimum: int = 0, maximum: int | None = None) -> Check:
    """Check for an array of so many items, each passing `check`."""

    def check_items(report: Report, pointer: str, value: object) -> None:
        if not isinstance(value, list):
            report.add(pointer, "must provide an array")
            return
        if len(value) < minimum:
            report.add(pointer, f"no fewer than {minimum} items allowed")
        if maximum is not None and len(value) > maximum:
            report.add(pointer, f"no more than {maximum} items allowed")
        for index, item in enumerate(value):
            check(report, f"{pointer}/{index}", item)

    return check_items


def shape(
    required: Mapping[str, Check],
    optional: Mapping[str, Check] | None = None,
    rules: Iterable[Rule] = (),
) -> Check:
    """Check for an object with exactly these fields, then apply the rules over all of it."""
    fields = {**required, **(optional or {})}
    whole_object = tuple(rules)

    def check(report: Report, pointer: str, value: object) -> None:
        if not isinstance(value, dict):
            report.add(pointer, "must provide an object")
            return
        for name in required:
            if name not in value:
                report.add(pointer, f"missing required field: {name}")
        for name, field_value in value.items():
            if name in fields:
                fields[name](report, f"{pointer}/{name}", field_value)
            else:
                report.add(pointer, f"invalid additional property: {name}")
        for rule in whole_object:
            rule(report, pointer, value)

    return check


def typed(kinds: Mapping[str, Check]) -> Check:
    """Check an object by the shape that its `type` names."""

    def check(report: Report, pointer: str, value: object) -> None:
        if not isinstance(value, dict):
            report.add(pointer, "must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            report.add(pointer, "missing required field: type")
        elif not isinstance(kind, str) or kind not in kinds:
            report.add(f"{pointer}/type", f"unsupported type: {kind}")
        else:
            kinds[kind](report, pointer, value)

    return check


def any_schema(check: Check) -> Check:
    """Check a place where Slack tries several schemas: it says so before the particulars."""

    def check_any(report: Report, pointer: str, value: object) -> None:
        inner = Report()
        check(inner, pointer, value)
        if inner.problems:
            report.add(pointer, "failed to match all allowed schemas")
            report.problems.extend(inner.problems)

    return check_any


def nullable(check: Check) -> Check:
    """Check a value that may also be null."""

    def check_nullable(report: Report, pointer: str, value: object) -> None:
        if value is not None:
            check(report, pointer, value)

    return check_nullable


def exactly_one(*names: str) -> Rule:
    """Demand exactly one of these fields."""

    def rule(report: Report, pointer: str, value: Mapping[str, object]) -> None:
        given = [name for name in names if name in value]
        if not given:
            report.add(pointer, f"missing required field: {names[0]}")
        elif len(given) > 1:
            report.add(pointer, f"only one of {', '.join(names)} is allowed")

    return rule


def at_least_one(*names: str) -> Rule:
    """Demand one or more of these fields."""

    def rule(report: Report, pointer: str, value: Mapping[str, object]) -> None:
        if not any(value.get(name) for name in names):
            report.add(pointer, f"missing required field: {names[0]}")

    return rule
