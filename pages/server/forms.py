"""The few pages of the login: plain forms without a script, which need nothing but themselves and work in old browsers."""

from html import escape

from starlette.responses import HTMLResponse

from data.access import passwords
from data.errors import UserError
from data.reference import Reference
from data.store import Store
from pages.server import headers

PRODUCT = "环境信访看板"
_STYLE = """
*{box-sizing:border-box}html{color-scheme:light}
body{margin:0;min-height:100vh;padding:9vh 20px 40px;background:#F4F6F9;color:#1B2430;
font:15px/1.6 'Microsoft YaHei','PingFang SC','Noto Sans CJK SC','Source Han Sans SC',sans-serif}
main{width:400px;max-width:100%;margin:0 auto;background:#fff;border:1px solid #DDE3EA;border-radius:4px;padding:28px 32px 26px}
main.wide{width:520px}.unit{margin:0;font-size:14px;color:#5B6875}h1{margin:2px 0 18px;font-size:22px;line-height:1.4}
h2{margin:26px 0 4px;padding-top:18px;border-top:1px solid #DDE3EA;font-size:16px}
label{display:block;margin:12px 0 4px;font-size:14px;color:#38434F}
input{width:100%;height:38px;padding:0 10px;border:1px solid #B9C3CE;border-radius:4px;font:inherit;color:inherit;background:#fff}
input:focus,button:focus,a:focus{outline:2px solid #1F5FA8;outline-offset:1px}
button,.button{display:block;width:100%;margin-top:20px;padding:8px 12px;border:1px solid #1F5FA8;border-radius:4px;
background:#1F5FA8;color:#fff;font:inherit;line-height:22px;text-align:center;text-decoration:none;cursor:pointer}
button:hover,.button:hover{background:#184D89}.plain{background:#fff;color:#1F5FA8}.plain:hover{background:#F4F6F9}
.row{display:flex;justify-content:space-between;align-items:center}.row form{flex:none}.row p{margin:0}
.row button{width:auto;margin:0;padding:5px 14px}
.said{margin:0 0 14px;padding:8px 12px;border-left:4px solid #1F5FA8;background:#F4F6F9;font-size:14px}
.wrong{border-color:#B0413E;background:#FBF1F0}.quiet{margin:6px 0 0;font-size:13px;color:#5B6875}
.or{margin:18px 0 0;text-align:center;font-size:13px;color:#5B6875}.or+.button{margin-top:10px}a{color:#1F5FA8}
footer{width:400px;max-width:100%;margin:14px auto 0;font-size:12.5px;color:#5B6875;text-align:center}
"""


def login(
    action: str, account: str = "", wrong: str = "", said: str = "", single: tuple[str, str] | None = None
) -> str:
    """Return the login form. single: address and words of the button for single sign-on; said, wrong: a sentence."""
    other = (
        f'<p class="or">或</p><a class="button plain" href="{escape(single[0])}">{escape(single[1])}</a>'
        if single
        else ""
    )
    focus = ("", " autofocus") if account else (" autofocus", "")
    return _page(
        "登录",
        f"{_said(wrong, said)}"
        f'<form method="post" action="{escape(action)}">'
        f'<label for="account">账号</label><input id="account" name="account" value="{escape(account)}" maxlength="64" '
        f'autocomplete="username" autocapitalize="none" spellcheck="false" required{focus[0]}>'
        f'<label for="password">密码</label><input id="password" name="password" type="password" maxlength="256" '
        f'autocomplete="current-password" required{focus[1]}>'
        f"<button>登录</button></form>{other}",
        foot="忘记密码或账号锁定，请找管理员。",
    )


def account(
    name: str,
    role: str,
    change: str,
    leave: str,
    home: str,
    wrong: str = "",
    must: bool = False,
    by_password: bool = True,
    elsewhere: str = "",
) -> str:
    """Return the page of one's own account: signing out and, where there is a password, changing it.

    change, leave, home: where the forms and the link lead. must: nothing else is possible before the password is changed.
    elsewhere: the sentence that says where the password is changed, where that is not here.
    """
    told = "请先设定自己的密码：首次登录、密码被重置或到期后都要更改。" if must else ""
    who = (
        f'<div class="row"><p>{escape(name)}（{escape(role)}）</p>'
        f'<form method="post" action="{escape(leave)}"><button class="plain">退出登录</button></form></div>'
    )
    fields = (
        ("old", "现在的密码", "current-password"),
        ("new", "新密码", "new-password"),
        ("again", "再输一遍新密码", "new-password"),
    )
    inputs = "".join(
        f'<label for="{key}">{words}</label><input id="{key}" name="{key}" type="password" maxlength="256" '
        f'autocomplete="{kind}" required>'
        for key, words, kind in fields
    )
    form = (
        f'<h2>更改密码</h2><p class="quiet">{escape(passwords.RULES)}。更改后，其他电脑上的登录会退出。</p>'
        f'<form method="post" action="{escape(change)}">{inputs}<button>更改密码</button></form>'
        if by_password
        else '<p class="quiet">这个账号用单点登录，密码不在看板里。</p>'
    )
    form = f'<p class="quiet">{escape(elsewhere)}</p>' if by_password and elsewhere else form
    back = "" if must else f'<p class="or"><a href="{escape(home)}">返回看板</a></p>'
    return _page("我的账号", f"{_said(wrong, told)}{who}{form}{back}", wide=True)


def sentence(words: str, link: tuple[str, str]) -> str:
    """Return a page that says one thing. link: address and words of where to go on."""
    return _page("提示", f'{_said(words, "")}<p class="or"><a href="{escape(link[0])}">{escape(link[1])}</a></p>')


def answer(page: str, status: int = 200) -> HTMLResponse:
    """Return a page as the answer to a request; it can run nothing and load nothing."""
    return HTMLResponse(page, status, {headers.POLICY: headers.FORM})


def _said(wrong: str, said: str) -> str:
    if wrong:
        return f'<p class="said wrong" role="alert">{escape(wrong)}</p>'
    return f'<p class="said">{escape(said)}</p>' if said else ""


def _page(title: str, body: str, foot: str = "", wide: bool = False) -> str:
    below = f"<footer>{escape(foot)}</footer>" if foot else ""
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{title} · {PRODUCT}</title><style>{_STYLE}</style></head><body>"
        f'<main{" class=wide" if wide else ""}><p class="unit">{escape(_unit())}</p><h1>{PRODUCT}</h1>{body}</main>{below}'
        "</body></html>\n"
    )


def _unit() -> str:
    """Return the unit's name; nobody must be kept from signing in by a list that cannot be read."""
    try:
        return str(Reference(Store().reference_folder).settings.get("unit_name", ""))
    except UserError:
        return ""
