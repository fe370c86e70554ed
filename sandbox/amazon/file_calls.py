"""The store of files behind pre-signed addresses: it knows no tokens, and wants none."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from sandbox.amazon.files import File
from sandbox.amazon.refusal import of_file
from sandbox.amazon.shop import Shop

PATH = "/_files/{file}"


def address(shop: Shop, request: Request, file: File) -> str:
    """Make an address of this server for a file."""
    root = f"{request.url.scheme}://{request.url.netloc}/amazon/{shop.seller_id}"
    return f"{root}/_files/{file.id}?X-Amz-Expires=300&X-Amz-Signature={shop.files.sign(file)}"


async def put(shop: Shop, request: Request) -> Response:
    """Take a file; its content type has to be the one that was announced."""
    file = _file(shop, request)
    if isinstance(file, Response):
        return file
    if request.headers.get("content-type") != file.kind:
        return of_file(403, "SignatureDoesNotMatch", "The signature does not match the headers.")
    file.content = await request.body()
    return Response(status_code=200)


async def get(shop: Shop, request: Request) -> Response:
    """Hand out a file."""
    file = _file(shop, request)
    if isinstance(file, Response):
        return file
    content = file.content or b""
    if shop.faults.take("file_damaged", "file"):
        content = content[: len(content) // 2]
    return Response(content, media_type=file.kind)


def _file(shop: Shop, request: Request) -> File | Response:
    if "x-amz-access-token" in request.headers or "authorization" in request.headers:
        words = "Only one way to sign in is allowed."
        return of_file(400, "InvalidArgument", words)
    file = shop.files.find(request.path_params["file"])
    if file is None:
        return of_file(404, "NoSuchKey", "The specified key does not exist.")
    signed = shop.files.holds(file, request.query_params.get("X-Amz-Signature", ""))
    if not signed or shop.faults.take("file_expired", "file"):
        return of_file(403, "AccessDenied", "Request has expired")
    return file
