"""The accounts on the administrator's page: the list, one account to change, and a new one."""

from functools import partial

import streamlit as st

from data.access import sessions
from data.access.accounts import Account, Accounts
from data.access.roles import ROLES
from data.errors import UserError
from data.reference import Reference
from data.store import Store
from pages.parts import admin_log, markup
from pages.parts.markup import esc, show

_HEADS = (("账号", ""), ("角色", ""), ("状态", ""), ("上次登录", ""))
_FIRST = "请在服务器上运行 python -m data users add 账号 --name 姓名 --role admin 建立第一个管理员。"


def draw(store: Store) -> None:
    """Draw the form that changes an account, the form that adds one, and all accounts."""
    accounts = Accounts(store)
    try:
        found, branches = accounts.all(), _branches(store)
    except UserError as error:
        show(markup.wrong(str(error)))
        return
    if not found:
        show(markup.state("还没有账号", _FIRST))
        return
    changing, adding = st.tabs(["修改账号", "增加账号"])  # above the list, which may be long
    with changing:
        _change(accounts, found, branches)
    with adding:
        _add(accounts, branches)
    enabled = sum(one.enabled for one in found)
    show(markup.title("账号", f"共{len(found)}个，启用{enabled}个"))
    show(markup.grid(_HEADS, map(_row, found), "loose"))


def _branches(store: Store) -> list[str]:
    return [branch.branch for branch in Reference(store.reference_folder).branches if branch.enabled]


def _row(account: Account) -> str:
    last = f"{account.last_sign_in:%Y-%m-%d %H:%M}" if account.last_sign_in else "—"
    states = f"<span{' class=concern' if account.locked_until else ''}>{esc('，'.join(account.states))}</span>"
    return (
        f'<tr class="{"" if account.enabled else "aside"}">'
        f"<td>{esc(account.account)}<div class='sub'>{esc(account.name)}</div></td>"
        f"<td>{esc(ROLES[account.role].name)}<div class='sub'>{esc('、'.join(account.branches))}</div></td>"
        f"<td>{states}</td><td>{esc(last)}</td></tr>"
    )


def _change(accounts: Accounts, found: list[Account], branches: list[str]) -> None:
    words = {f"{one.account}（{one.name}）": one for one in found}
    one = words[st.selectbox("账号", list(words), key="admin_account", width=300)]
    tail = f"{one.account}_{admin_log.fresh()}"
    with st.container(horizontal=True):
        name = st.text_input("姓名", one.name, key=f"name_{tail}", max_chars=20, width=150)
        role = _role(one.role, f"role_{tail}")
        known = list(dict.fromkeys([*branches, *one.branches]))
        own = _own(role, known, one.branches, f"branches_{tail}")
    sso = st.toggle("只用单点登录（没有密码）", one.sso, key=f"sso_{tail}")
    _buttons(accounts, one, {"name": name, "role": role, "branches": own, "sso": sso}, tail)


def _buttons(accounts: Accounts, one: Account, given: dict, tail: str) -> None:
    """Draw what can be done with an account, and do it; `given` is what the inputs hold."""
    called = f"{one.account}（{one.name}）"
    ending = partial(sessions.end_all, accounts.store, one.account)
    turned = "停用" if one.enabled else "启用"
    turning = partial(accounts.change, one.account, enabled=not one.enabled)
    offered = (
        ("保存", partial(accounts.change, one.account, **given), f"已修改账号 {called}。", False),
        ("重置密码", partial(accounts.reset_password, one.account), f"已重置账号 {called}的密码。", one.sso),
        ("解锁", partial(accounts.unlock, one.account), f"已解锁账号 {called}。", one.locked_until is None),
        (turned, turning, f"已{turned}账号 {called}。", False),
        ("结束全部登录", ending, f"已结束账号 {called}的全部登录。", False),
    )
    with st.container(horizontal=True):
        for words, change, done, is_off in offered:
            kind = "primary" if words == "保存" else "secondary"
            if st.button(words, key=f"do_{words}_{tail}", disabled=is_off, type=kind):
                admin_log.do(change, done)


def _add(accounts: Accounts, branches: list[str]) -> None:
    tail = f"new_{admin_log.fresh()}"
    with st.container(horizontal=True):
        account = st.text_input("账号", key=f"account_{tail}", max_chars=32, placeholder="zhang.san", width=150)
        name = st.text_input("姓名", key=f"name_{tail}", max_chars=20, placeholder="张三", width=150)
        role = _role("office", f"role_{tail}")
        own = _own(role, branches, (), f"branches_{tail}")
    sso = st.toggle("只用单点登录（没有密码）", key=f"sso_{tail}")
    if st.button("增加", key=f"do_增加_{tail}", type="primary"):
        account = account.strip()
        adding = partial(accounts.add, account, name, role, own, sso)
        admin_log.do(adding, f"已增加账号 {account}（{ROLES[role].name}）。")


def _role(chosen: str, key: str) -> str:
    roles = list(ROLES)
    return st.selectbox("角色", roles, roles.index(chosen), lambda role: ROLES[role].name, key=key, width=130)


def _own(role: str, known: list[str], chosen: tuple[str, ...], key: str) -> list[str]:
    """Draw the choice of branches where the role asks for one, and return it."""
    if role != "branch":
        return []
    return st.multiselect("分局", known, list(chosen), key=key, placeholder="选择本分局", width=300)
