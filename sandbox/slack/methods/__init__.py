"""The Web API methods we stand in for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sandbox.slack.methods import chat, conversations, files, misc, reactions, users, views
from sandbox.slack.methods.method import Method

METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        method.name: method
        for module in (misc, users, conversations, chat, views, reactions, files)
        for method in module.METHODS
    }
)

__all__ = ["METHODS", "Method"]
