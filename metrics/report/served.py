"""What `serve.py` answers at /report: a frozen report's web page as it was kept, or a page that says why there is none."""

from data.errors import UserError
from data.store import Store
from metrics.report import editions
from metrics.report.html_parts import esc

_NONE = "还没有定稿的报告；请在“月报”页定稿后再打开。"
_STYLE = (
    "body{margin:15vh auto;max-width:560px;padding:0 20px;color:#1B2430;background:#F4F6F9;"
    "font:17px/1.8 'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',sans-serif}h1{font-size:22px}a{color:#1F5FA8}"
)


def page(store: Store, key: str = "") -> tuple[int, bytes]:
    """Return the HTTP status and the page of the report frozen last, or of the last edition of the one with this key."""
    try:
        found = _kept(store, key) if key else editions.latest_html(store)
    except UserError as error:
        return 404, _sentence(str(error))
    return (200, found) if found is not None else (404, _sentence(_NONE))


def _kept(store: Store, key: str) -> bytes:
    frozen = editions.editions(store, key)
    if not frozen:
        raise UserError(f"{key}的报告还没有定稿；请在“月报”页定稿后再打开。")
    names = [name for name in frozen[-1].file_names if name.endswith(".html")]
    if not names:
        raise UserError(f"{key}的定稿里没有网页，请在“月报”页下载其他格式。")
    return editions.read(frozen[-1], names[0])


def _sentence(words: str) -> bytes:
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>没有报告</title><style>{_STYLE}</style></head>'
        f'<body><h1>没有可以显示的报告</h1><p>{esc(words)}</p><p><a href="./">打开看板</a></p></body></html>\n'
    ).encode()
