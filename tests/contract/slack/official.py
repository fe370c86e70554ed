"""Slack's own schemas of Block Kit, laid over what was really sent."""

import functools
import json
import os
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator

from sandbox.slack.inspector import Inspector, SurfaceKind

_ROOT: Final = Path(__file__).parents[3]

Surface = SurfaceKind

# The strict schema leaves this block out; the declared types have it.
_ONLY_IN_TYPES: Final = {"alert": "AlertBlock"}


def slack_specs() -> Path:
    """Return the folder of Slack's official files; skip the test if there is none."""
    folder = _ROOT / os.environ.get("STOCKROOM_SPECS", "../shared/specs") / "slack"
    if not folder.is_dir():
        pytest.skip(f"no official files in {folder}: set STOCKROOM_SPECS")
    return folder


def read_spec(name: str) -> Any:
    """Return one official JSON file."""
    return json.loads((slack_specs() / name).read_text(encoding="utf-8"))


def official_errors(payload: dict[str, Any], surface: Surface) -> list[str]:
    """Return what the official schemas find wrong about something the app sent.

    `payload` is a view (modal, home), a message with `blocks` and `attachments`, or the answer to
    a block suggestion (options).
    """
    if surface == "options":
        return _option_errors(payload)
    if surface == "message":
        lists = [payload.get("blocks") or []]
        lists += [part.get("blocks") or [] for part in payload.get("attachments") or []]
        return [error for blocks in lists for error in _message_errors(blocks)]
    blocks = payload.get("blocks")
    if not isinstance(blocks, list):
        return _errors(_strict(f"{surface}_view"), payload)
    known = {**payload, "blocks": [b for b in blocks if b.get("type") not in _ONLY_IN_TYPES]}
    return [*_errors(_strict(f"{surface}_view"), known), *_alert_errors(blocks)]


def _message_errors(blocks: list[dict[str, Any]]) -> list[str]:
    return _errors(_strict("message_blocks"), blocks)


def _alert_errors(blocks: list[dict[str, Any]]) -> list[str]:
    return [
        error
        for block in blocks
        if block.get("type") in _ONLY_IN_TYPES
        for error in _errors(_declared(_ONLY_IN_TYPES[block["type"]]), block)
    ]


def _option_errors(payload: dict[str, Any]) -> list[str]:
    errors: list[str] = []
    for name, definition in (("options", "option"), ("option_groups", "option_group")):
        for item in payload.get(name) or []:
            errors += _errors(_strict(definition), item)
    return errors


def _errors(validator: Validator, value: Any) -> list[str]:
    found: list[str] = []
    for error in validator.iter_errors(value):
        place = "/".join(str(part) for part in error.absolute_path)
        found.append(f"/{place}: {_deepest(error)}")
    return found


def _deepest(error: Any) -> str:
    """Return the message of the alternative that came closest."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return str(error.message)[:300]


@functools.cache
def _strict(definition: str) -> Validator:
    schema = read_spec("block-kit/block-kit.subset.schema.json")
    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]})


@functools.cache
def _declared(definition: str) -> Validator:
    schema = read_spec("block-kit/slack-types-3.2.0.schema.json")
    definitions = schema["definitions"]
    return Draft7Validator({"$ref": f"#/definitions/{definition}", "definitions": definitions})


def official_errors_of(inspector: Inspector) -> list[str]:
    """Return what is wrong about everything the app sent so far, with where it was sent."""
    return [
        f"{surface.source}: {error}"
        for surface in inspector.surfaces
        for error in official_errors(surface.payload, surface.kind)
    ]
