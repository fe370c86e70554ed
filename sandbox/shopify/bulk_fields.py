"""Bulk queries behind the schema."""

from __future__ import annotations

from typing import Any

from graphql import execute_sync, parse

from sandbox.shopify import bulk_file
from sandbox.shopify.bulk import AT_A_TIME, BulkOperation
from sandbox.shopify.bulk_rules import problems
from sandbox.shopify.call import Call, Info, Resolver, attribute, time
from sandbox.shopify.paging import number
from sandbox.shopify.shop import Shop


def _run(
    _: object,
    info: Info,
    query: str,
    groupObjects: bool,  # noqa: N803 - the name on the wire
) -> dict[str, Any]:
    shop: Shop = info.context.shop
    if wrong := problems(info.schema, query):
        return _refused([_error("INVALID", words, ["query"]) for words in wrong])
    running = shop.bulk.running()
    if len(running) >= AT_A_TIME or shop.faults.take("bulk_busy", "mutation"):
        ids = ", ".join(each.id for each in running)
        words = f"A bulk query operation for this app and shop is already in progress: {ids}."
        return _refused([_error("OPERATION_IN_PROGRESS", words, None)])
    made = shop.bulk.start(
        query,
        grouped=groupObjects,
        objects=len(shop.variants) + sum(1 for _ in shop.levels()),
        error_code=_failure(shop),
    )
    return {"bulkOperation": made, "userErrors": []}


def _failure(shop: Shop) -> str | None:
    return "INTERNAL_SERVER_ERROR" if shop.faults.take("bulk_failed", "mutation") else None


def _refused(errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"bulkOperation": None, "userErrors": errors}


def _error(code: str, message: str, field: list[str] | None) -> dict[str, Any]:
    return {"code": code, "message": message, "field": field}


def _operation(
    _: object,
    info: Info,
    id: str,  # noqa: A002 - the name on the wire
) -> BulkOperation | None:
    shop: Shop = info.context.shop
    found = shop.bulk.find(id)
    if found is not None and found.file is None and shop.bulk.is_done(found):
        _finish(info, shop, found)
    return found


def _finish(info: Info, shop: Shop, operation: BulkOperation) -> None:
    """Run the query over the shop as it stands; a failed one keeps half of its lines."""
    call = Call(shop, info.context.version, bulk=True)
    result = execute_sync(info.schema, parse(operation.query), context_value=call)
    if result.errors or result.data is None:
        operation.error_code = "ACCESS_DENIED"
        operation.file = b""
        return
    rows = bulk_file.lines(result.data, grouped=operation.grouped)
    if operation.error_code:
        rows = rows[: len(rows) // 2]
    operation.file = b"".join(rows)
    operation.objects = len(rows)
    operation.roots = bulk_file.roots(result.data)


def _status(operation: BulkOperation, info: Info) -> str:
    return info.context.shop.bulk.status(operation)


def _url(*statuses: str) -> Resolver:
    def resolve(operation: BulkOperation, info: Info) -> str | None:
        shop: Shop = info.context.shop
        if not operation.file or shop.bulk.status(operation) not in statuses:
            return None
        name = f"{number(operation.id)}.jsonl?signature={operation.signature}"
        return f"{info.context.files}/{shop.name}/{name}"

    return resolve


def _completed(operation: BulkOperation, info: Info) -> str | None:
    done = info.context.shop.bulk.is_done(operation) and not operation.error_code
    return time("done_at")(operation, info) if done else None


def _count(name: str) -> Resolver:
    def resolve(operation: BulkOperation, _: Info) -> str:
        return str(getattr(operation, name))

    return resolve


def _size(operation: BulkOperation, _: Info) -> str | None:
    return None if operation.file is None else str(len(operation.file))


QUERIES: dict[str, Resolver] = {"bulkOperation": _operation}
MUTATIONS: dict[str, Resolver] = {"bulkOperationRunQuery": _run}
FIELDS: dict[str, dict[str, Resolver]] = {
    "BulkOperation": {
        "status": _status,
        "errorCode": attribute("error_code"),
        "createdAt": time("created_at"),
        "completedAt": _completed,
        "objectCount": _count("objects"),
        "rootObjectCount": _count("roots"),
        "fileSize": _size,
        "url": _url("COMPLETED"),
        "partialDataUrl": _url("FAILED"),
    }
}
