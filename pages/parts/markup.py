"""Small pieces of HTML. Whatever comes from a file passes through `esc`, so that it is text and nothing else."""

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import urlencode

import streamlit as st

_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")  # every punctuation mark of ASCII may be escaped


def esc(text: object) -> str:
    """Return `text` safe inside HTML, quotes included."""
    return escape(str(text), quote=True)


def unmarked(text: object) -> str:
    """Return `text` safe where Streamlit reads Markdown: progress, spinners, messages, labels of buttons and choices."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def show(*html: str) -> None:
    """Draw HTML that is made of our own tags and escaped text; nothing where there is none."""
    if body := "".join(html):
        st.html(body)


def address(page: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a relative address with a query string."""
    query = urlencode(list(pairs))
    return f"{page}?{query}" if query else page


def group_text(group: dict[str, str]) -> str:
    """Return a group as an address carries it: field:value, parted by commas; a comma in a value is %2C."""
    return ",".join(f"{field}:{value.replace('%', '%25').replace(',', '%2C')}" for field, value in group.items())


def link(href: str, inner: str, title: str = "", css: str = "") -> str:
    """Return a link; `inner` is HTML."""
    extra = (f' title="{esc(title)}"' if title else "") + (f' class="{css}"' if css else "")
    return f'<a href="{esc(href)}"{extra}>{inner}</a>'


def title(words: str, sub: str = "", info: str = "", more: str = "") -> str:
    """Return a panel's head: what it says, the grey line under it, ⓘ to the passport, a link at the right."""
    sign = link(info, "ⓘ", "口径与案件", "info") if info else ""
    return f'<div class="title"><h2>{esc(words)}</h2>{sign}{more}</div>' + (
        f'<p class="sub">{esc(sub)}</p>' if sub else ""
    )


def notes(sentences: Iterable[str]) -> str:
    """Return sentences as a quiet list; nothing when there are none."""
    items = "".join(f"<li>{esc(sentence)}</li>" for sentence in sentences)
    return f'<ul class="notes">{items}</ul>' if items else ""


def remarks(sentences: Iterable[str]) -> str:
    """Return sentences as the grey lines under a chart; nothing when there are none."""
    return "".join(f'<p class="sub">{esc(sentence)}</p>' for sentence in sentences)


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return name and text pairs as a definition list, the empty ones left out."""
    return '<dl class="facts">' + "".join(f"<dt>{esc(k)}</dt><dd>{esc(v)}</dd>" for k, v in pairs if v) + "</dl>"


def grid(heads: Iterable[tuple[str, str]], rows: Iterable[str], css: str = "") -> str:
    """Return a table; `heads` are (text, css), `rows` are finished <tr> elements."""
    head = "".join(f'<th class="{css_class}" scope="col">{esc(text)}</th>' for text, css_class in heads)
    return f'<table class="grid {css}"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def row(cells: Iterable[tuple[object, str]], css: str = "") -> str:
    """Return one table row of plain texts; `cells` are (text, css)."""
    inner = "".join(f'<td class="{css_class}">{esc(text)}</td>' for text, css_class in cells)
    return f'<tr class="{css}">{inner}</tr>'


def state(headline: str, words: str) -> str:
    """Return the box that stands where there is nothing to show, as it is meant to look."""
    return f'<div class="state"><b>{esc(headline)}</b>{esc(words)}</div>'


def nothing(words: str) -> str:
    """Return the quiet line of a panel that has nothing to list."""
    return f'<p class="nothing">{esc(words)}</p>'


def wrong(words: str) -> str:
    """Return a sentence about something the user can mend."""
    return f'<p class="wrong" role="alert">{esc(words)}</p>'


def done(words: str) -> str:
    """Return a sentence about something that is finished."""
    return f'<p class="done" role="status">{esc(words)}</p>'
