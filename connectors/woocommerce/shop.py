"""The address of a store, from whatever a person pasted."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from connectors.errors import BadCredentials

_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*"
)
# Whatever follows these is WordPress's own and no part of the address.
_WORDPRESS = re.compile(r"/(wp-admin|wp-json|wp-login\.php|index\.php|shop|my-account)(/.*)?$")
# Names that never leave a private network.  # RFC 6761, RFC 6762; .internal is reserved by ICANN
_PRIVATE_NAMES = ("localhost", ".localhost", ".local", ".internal", ".home.arpa")
_PORTS = {"https": 443, "http": 80}


def store_address(given: str, *, allow_http: bool = False, allow_private: bool = False) -> str:
    """Read `https://HOST[:PORT][/FOLDER]` out of a pasted address.

    Raises BadCredentials(field="url") with what to do instead.
    """
    text = given.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host = _host(parts.hostname)
    if parts.scheme not in _PORTS or not host or parts.username or parts.password:
        raise _bad(
            "Enter the store's address as it stands in the browser: https://shop.example.com."
        )
    if parts.scheme == "http" and not allow_http:
        raise _bad(
            "Enter the address with https://. Over plain http anybody on the way could read "
            "the store's data; ask the host for a certificate first."
        )
    if not allow_private and is_private_name(host):
        raise _bad("This address lies in a private network. Enter the store's public address.")
    return f"{parts.scheme}://{_place(host, parts.port, parts.scheme)}{_folder(parts.path)}"


def store_host(given: str) -> str:
    """Read the host, with its port where it is no usual one, out of a pasted address.

    Raises BadCredentials(field="url").
    """
    address = store_address(given, allow_http=True, allow_private=True)
    return urlsplit(address).netloc


def store_id(home: str) -> str:
    """Name a store by its own idea of its address: host and folder, nothing that can vary.

    A store keeps it when it moves from http to https. Answers "" for no address.
    """
    parts = urlsplit(home.strip())
    host = (parts.hostname or "").lower()
    port = parts.port if parts.scheme in _PORTS else None
    return f"{_place(host, port, parts.scheme)}{parts.path.rstrip('/')}" if host else ""


def is_private_name(host: str) -> bool:
    """Say whether a host is private by its very name or number."""
    try:
        return is_private(host.strip("[]"))
    except ValueError:
        return host == "localhost" or host.endswith(_PRIVATE_NAMES) or "." not in host


def is_private(address: str) -> bool:
    """Say whether an IP address is not one of the public internet; ValueError for a name."""
    number = ipaddress.ip_address(address.partition("%")[0])
    # ::ffff:10.0.0.1 and 64:ff9b::10.0.0.1 lead to 10.0.0.1
    if isinstance(number, ipaddress.IPv6Address):
        if number.ipv4_mapped is not None:
            number = number.ipv4_mapped
        elif number in ipaddress.ip_network("64:ff9b::/96"):
            number = ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return not number.is_global or number.is_multicast


def _host(given: str | None) -> str:
    """Write a host as the network knows it, "" where it is none."""
    host = (given or "").rstrip(".").lower()
    if ":" in host:
        return f"[{host}]"
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        return ""
    return host if _HOST.fullmatch(host) else ""


def _place(host: str, port: int | None, scheme: str) -> str:
    return host if port is None or port == _PORTS[scheme] else f"{host}:{port}"


def _folder(path: str) -> str:
    return _WORDPRESS.sub("", path.rstrip("/"))


def _bad(words: str) -> BadCredentials:
    return BadCredentials(words, field="url")
