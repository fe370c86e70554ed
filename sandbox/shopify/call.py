"""One GraphQL call, and what its resolvers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from sandbox.shopify import search
from sandbox.shopify.shop import Shop


@dataclass
class Call:
    """One GraphQL call: whose shop, in which version, and what the search had to say.

    `files` is the address under which results of bulk queries are found; in `bulk`,
    connections are read to their end.
    """

    shop: Shop
    version: str
    files: str = ""
    bulk: bool = False
    searches: list[dict[str, Any]] = field(default_factory=list)


Resolver = Callable[..., Any]
Info = GraphQLResolveInfo[Call]


def needs(resolve: Resolver, *scopes: str) -> Resolver:
    """Guard a field by access scopes, any of which will do."""

    def guarded(source: Any, info: Info, **arguments: Any) -> Any:
        if not any(has_scope(info.context.shop, scope) for scope in scopes):
            raise denied(info.field_name, *scopes)
        return resolve(source, info, **arguments)

    return guarded


def has_scope(shop: Shop, scope: str) -> bool:
    """Say whether a scope was granted; a write scope includes its read scope."""
    return scope in shop.scopes or scope.replace("read_", "write_", 1) in shop.scopes


def denied(name: str, *scopes: str) -> GraphQLError:
    """Say which scopes a field would need, any of which will do."""
    wanted = " or ".join(f"`{scope}` access scope" for scope in scopes) + "."
    return GraphQLError(
        f"Access denied for {name} field. Required access: {wanted}",
        extensions={
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": wanted,
        },
    )


def searched(info: Info, query: str | None) -> search.Search:
    """Read a filter, noting what of it was not understood."""
    found = search.parse(query)
    if found.warnings:
        info.context.searches.append(found.report(info.field_name))
    return found


def attribute(name: str) -> Resolver:
    """Resolve a field by an attribute of another name."""

    def resolve(source: Any, _: Info) -> Any:
        return getattr(source, name)

    return resolve


def time(name: str) -> Resolver:
    """Resolve a time as Shopify writes it."""

    def resolve(source: Any, _: Info) -> str | None:
        moment: datetime | None = getattr(source, name)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None

    return resolve
