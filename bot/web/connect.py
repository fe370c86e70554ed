"""GET and POST /connect/{token}: where a store's credentials are entered.

And GET /oauth/{platform}/callback: where a platform's own page brings a person back to.

The token is the only key: 256 random bits, for one manager of one workspace, for 15
minutes. Looking at the page uses nothing up. Sending it in takes the token out of use
while the values are tried, so that it serves one store, however often it is pressed;
values that the store refuses give it back, so that they can be corrected, up to
TRIES times.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.defaults import address
from bot.web import pages
from connectors.catalog import PLATFORMS
from connectors.errors import BadCredentials
from connectors.platform import Consent, Platform, incomplete
from storage import connect_links, credentials, stores
from storage.connect_links import LinkRow
from storage.credentials import NoCredentials
from storage.rows import StoreRow
from storage.secrets import KeyLost
from sync import people
from sync.deps import Deps
from sync.stores import ConnectProblem, connect_store, consented, reconnect_store

AWAY = timedelta(minutes=15)  # a sign-in with a second factor, and reading what is asked
TRIES = 10  # wrong values per link: enough for typing errors, useless for guessing
LONGEST = 4096  # characters of one value; the longest real ones have a few hundred
TOO_LONG = "This is too long to be right. Copy the value again."

After = Callable[[int, str, StoreRow], Awaitable[None]]

log = logging.getLogger(__name__)


def connect_routes(
    deps: Deps,
    *,
    after: After | None = None,
    base_urls: Mapping[str, str] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    public_url: str | None = None,
) -> list[web.RouteDef]:
    """Say where the page is.

    base_urls  platforms that are reached elsewhere than usual
    settings   what stores of a platform start with: some decide whether one can be connected
    public_url where people reach us: platforms send them back to it
    """
    starts_with = {} if settings is None else settings
    page = _ConnectPage(deps, after, base_urls or {}, starts_with, public_url or "")
    return [
        web.get("/connect/{token}", page.show),
        web.post("/connect/{token}", page.take),
        web.get("/oauth/{platform}/callback", page.back),
    ]


class _ConnectPage:
    def __init__(
        self,
        deps: Deps,
        after: After | None,
        base_urls: Mapping[str, str],
        settings: Mapping[str, Mapping[str, Any]],
        public_url: str,
    ) -> None:
        self._deps = deps
        self._after = after
        self._base_urls = base_urls
        self._settings = settings
        self._public_url = public_url

    async def show(self, request: web.Request) -> web.Response:
        """Show the form; the link stays as good as it was."""
        token = request.match_info["token"]
        async with self._deps.database.transaction() as session:
            link = await connect_links.peek(session, token, self._deps.clock.now())
        if link is None:
            return _gone()
        return await self._form(link, await self._known(link), {})

    async def _known(self, link: LinkRow) -> dict[str, str]:
        """Open what a store that is connected again was connected with, but for secrets.

        Of several ways to connect the person picks one anew, so those stand empty.
        """
        if link.store_id is None:
            return {}
        try:
            async with self._deps.database.transaction() as session:
                held = await credentials.load(session, self._deps.vault, link.store_id)
        except (NoCredentials, KeyLost):
            return {}
        fields = PLATFORMS[link.platform].on_page.fields
        return {one.key: held[one.key] for one in fields if not one.secret and one.key in held}

    async def take(self, request: web.Request) -> web.Response:
        """Try the values with the store; connect it, or say what to correct."""
        token = request.match_info["token"]
        sent = await request.post()
        async with self._deps.database.transaction() as session:
            link = await connect_links.consume(session, token, self._deps.clock.now())
            role = link and await people.role_of(session, link.workspace_id, link.slack_user)
        if link is None:
            return _gone()
        if role != "manager":
            return _not_allowed()
        platform = PLATFORMS[link.platform].on_page
        values = {one.key: str(sent.get(one.key, "")).strip() for one in platform.every_field}
        errors = _wrong(platform, values)
        given = {key: value for key, value in values.items() if value}
        try:
            consent = platform.consent
            if consent and not errors and any(one.key in given for one in consent.way.fields):
                return await self._send_away(token, platform, consent, given)
            store = None if errors else await self._connect(link, given)
        except (ConnectProblem, BadCredentials) as problem:
            errors = _under(problem.field, str(problem), values)
            store = None
        except BaseException:
            async with self._deps.database.transaction() as session:
                await connect_links.give_back(session, token)
            raise
        if store is None:
            return await self._again(token, link, values, errors)
        return await self._done(link, store)

    async def back(self, request: web.Request) -> web.Response:
        """Take a person back from the platform's own page, whatever they decided there."""
        key, query = request.match_info["platform"], dict(request.query)
        async with self._deps.database.transaction() as session:
            link = await connect_links.come_back(
                session, query.get("state", ""), key, self._deps.clock.now()
            )
            role = link and await people.role_of(session, link.workspace_id, link.slack_user)
        if link is None:
            return _respond(pages.message(pages.GONE_TITLE, pages.BACK_GONE), HTTPStatus.GONE)
        if role != "manager":
            return _not_allowed()
        typed: Mapping[str, str] = {}
        try:
            typed = self._deps.vault.open(link.sealed)
            given = await consented(self._deps, key, typed, query, self._reached(key, typed))
            return await self._done(link, await self._connect(link, given))
        except ConnectProblem as problem:
            errors = _under(problem.field, str(problem), typed)
        except KeyLost as lost:
            errors = {"": f"What you typed can no longer be read: {lost}. Enter it again."}
        async with self._deps.database.transaction() as session:
            token = await connect_links.try_again(session, link, TRIES)
        if token is None:
            return _gone()
        return await self._form(
            link, typed, errors, HTTPStatus.UNPROCESSABLE_ENTITY, action=f"../../connect/{token}"
        )

    async def _send_away(
        self, token: str, platform: Platform, consent: Consent, values: Mapping[str, str]
    ) -> web.Response:
        """Remember what was typed and show the way to the platform's own page."""
        state = connect_links.new_state()
        begun = consent.begin(values, state, self._reached(platform.key, values))
        sealed = self._deps.vault.seal({**values, **begun.remember})
        async with self._deps.database.transaction() as session:
            until = self._deps.clock.now() + AWAY
            await connect_links.send_away(session, token, state=state, sealed=sealed, until=until)
        return _respond(pages.away(platform.title, consent.button, begun.address))

    def _reached(self, platform: str, values: Mapping[str, str]) -> str | None:
        return address(platform, self._base_urls.get(platform), values)

    async def _done(self, link: LinkRow, store: StoreRow) -> web.Response:
        await self._tell(link, store)
        return _respond(pages.done(store.name, again=link.store_id is not None))

    async def _connect(self, link: LinkRow, values: Mapping[str, str]) -> StoreRow:
        if link.store_id is not None:
            return await reconnect_store(
                self._deps,
                workspace_id=link.workspace_id,
                actor=link.slack_user,
                store_id=link.store_id,
                values=values,
            )
        return await connect_store(
            self._deps,
            workspace_id=link.workspace_id,
            actor=link.slack_user,
            platform=link.platform,
            values=values,
            base_url=self._base_urls.get(link.platform),
            settings=self._settings.get(link.platform),
        )

    async def _again(
        self, token: str, link: LinkRow, values: Mapping[str, str], errors: Mapping[str, str]
    ) -> web.Response:
        """Show what to correct, as long as the link bears it."""
        async with self._deps.database.transaction() as session:
            left = await connect_links.refuse(session, token, TRIES)
        if not left:
            return _gone()
        return await self._form(link, values, errors, HTTPStatus.UNPROCESSABLE_ENTITY)

    async def _form(
        self,
        link: LinkRow,
        values: Mapping[str, str],
        errors: Mapping[str, str],
        status: HTTPStatus = HTTPStatus.OK,
        action: str = "",
    ) -> web.Response:
        store = None
        if link.store_id is not None:
            async with self._deps.database.transaction() as session:
                store = await stores.load(session, link.store_id)
        return _respond(
            pages.form(
                PLATFORMS[link.platform].on_page,
                store=store.name if store else None,
                values=values,
                errors=errors,
                action=action,
                back_to=f"{self._public_url}/oauth/{link.platform}/callback",
            ),
            status,
        )

    async def _tell(self, link: LinkRow, store: StoreRow) -> None:
        """Let Slack show the store; the store is connected whether or not that works."""
        if self._after is None:
            return
        try:
            await self._after(link.workspace_id, link.slack_user, store)
        except Exception:
            log.exception("the Home tab could not be refreshed", extra={"store": store.id})


def _wrong(platform: Platform, values: Mapping[str, str]) -> dict[str, str]:
    long = {key: TOO_LONG for key, value in values.items() if len(value) > LONGEST}
    return {**incomplete(platform, values), **long}


def _under(field: str | None, message: str, values: Mapping[str, str]) -> dict[str, str]:
    """Put a problem under the field that it names, or above all of them."""
    return {field if field is not None and field in values else "": message}


def _not_allowed() -> web.Response:
    words = pages.message(pages.NOT_ALLOWED_TITLE, pages.NOT_ALLOWED)
    return _respond(words, HTTPStatus.FORBIDDEN)


def _gone() -> web.Response:
    return _respond(pages.message(pages.GONE_TITLE, pages.GONE), HTTPStatus.GONE)


def _respond(html: str, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(
        text=html, status=status, content_type="text/html", headers=dict(pages.HEADERS)
    )
