"""What /report answers: a frozen report's web page as it was kept, a list of them, or a page that says why there is none.

All of it is plain: who comes here has a browser that is too old for anything else.
"""

from urllib.parse import quote

from data import kept
from data.errors import UserError
from data.store import Store
from metrics.report import editions
from metrics.report.html_parts import esc

_NONE = "还没有定稿的报告；请在“月报”页定稿后再打开。"
_NONE_OF_BRANCH = "{branch}还没有定稿的通报；信访办定稿后再打开。"
_STYLE = (
    "body{margin:15vh auto;max-width:560px;padding:0 20px;color:#1B2430;background:#F4F6F9;"
    "font:17px/1.8 'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',sans-serif}h1{font-size:22px}a{color:#1F5FA8}"
)


def page(store: Store, key: str = "", branch: str = "") -> tuple[int, bytes]:
    """Return the HTTP status and the page of the report frozen last, or of the last edition of the one with this key.

    branch: whose notice it is, "" for the city's report; never another's than that.
    """
    try:
        found = _kept(store, key, branch) if key else _latest(store, branch)
    except UserError as error:
        return 404, _sentence(str(error))
    none = _NONE_OF_BRANCH.format(branch=branch) if branch else _NONE
    return (200, found) if found is not None else (404, _sentence(none))


def listing(store: Store, branch: str = "") -> tuple[int, bytes]:
    """Return the HTTP status and a page that leads to every report of the city, or of a branch, that has a page."""
    try:
        last = [found[-1] for key in kept.keys(store) if (found := editions.editions(store, key, branch))]
    except UserError as error:
        return 404, _sentence(str(error))
    shown = sorted((one for one in last if _pages(one)), key=lambda one: (one.manifest.key[:4], one.manifest.key))
    if not shown:
        return 404, _sentence(_NONE_OF_BRANCH.format(branch=branch) if branch else _NONE)
    items = "".join(_item(one, branch) for one in reversed(shown))
    return 200, _page("定稿的报告", f"<ul>{items}</ul>")


def _item(edition: editions.Edition, branch: str) -> str:
    """Return one line of the list: the report's name, its edition, and the day that it was frozen."""
    about, whose = edition.manifest, f"&amp;branch={quote(branch, safe='')}" if branch else ""
    name = _pages(edition)[0].removesuffix(".html")
    told = f"第{about.number}版，{about.frozen_at:%Y-%m-%d}定稿"
    return f'<li><a href="report?key={quote(about.key)}{whose}">{esc(name)}</a>（{told}）</li>'


def _latest(store: Store, branch: str) -> bytes | None:
    if not branch:
        return editions.latest_html(store)
    frozen = [edition for key in kept.keys(store) for edition in editions.editions(store, key, branch)]
    last = max(frozen, key=lambda one: (one.manifest.frozen_at, one.manifest.key, one.number), default=None)
    names = _pages(last) if last else []
    return editions.read(last, names[0]) if last and names else None


def _kept(store: Store, key: str, branch: str) -> bytes:
    frozen = editions.editions(store, key, branch)
    if not frozen:
        raise UserError(f"{branch}{key}的报告还没有定稿；请在“月报”页定稿后再打开。")
    names = _pages(frozen[-1])
    if not names:
        raise UserError(f"{key}的定稿里没有网页，请在“月报”页下载其他格式。")
    return editions.read(frozen[-1], names[0])


def _pages(edition: editions.Edition) -> list[str]:
    return [name for name in edition.file_names if name.endswith(".html")]


def _sentence(words: str) -> bytes:
    return _page("没有可以显示的报告", f"<p>{esc(words)}</p>")


def _page(title: str, body: str) -> bytes:
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style></head>'
        f'<body><h1>{title}</h1>{body}<p><a href="./">打开看板</a></p></body></html>\n'
    ).encode()
