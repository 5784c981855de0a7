"""What /report answers: a frozen report's web page as it was kept, or a page that says why there is none."""

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
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>没有报告</title><style>{_STYLE}</style></head>'
        f'<body><h1>没有可以显示的报告</h1><p>{esc(words)}</p><p><a href="./">打开看板</a></p></body></html>\n'
    ).encode()
