"""The one-time connect page as a browser without scripts sees it: a form that is read and posted."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from sandbox.story.member import StuckError


async def fill_in(http: httpx.AsyncClient, link: str, values: Mapping[str, str]) -> str:
    """Open the link, fill the form's fields, post it; returns the words of the page that follows."""
    page = await http.get(link)
    form = _Form()
    form.feed(page.text)
    unknown = sorted(set(values) - set(form.fields))
    if page.status_code != 200 or unknown:
        raise StuckError(f"the connect page ({page.status_code}) has no field for {unknown}")
    answer = await http.post(urljoin(link, form.action), data={**form.fields, **values})
    said = _Words()
    said.feed(answer.text)
    words = " ".join(" ".join(said.words).split())
    if answer.status_code != 200:
        raise StuckError(f"the connect page answers {answer.status_code}: {words}")
    return words


class _Form(HTMLParser):
    """Finds where a form goes, and its fields with what stands in them already."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.action = found.get("action") or ""
        elif tag == "input" and found.get("name"):
            self.fields[str(found["name"])] = found.get("value") or ""


class _Words(HTMLParser):
    """Gathers what stands on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
