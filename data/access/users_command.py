"""Accounts on the command line: python -m data users add | list | change | reset | unlock | disable | enable | share | settings.

The first administrator is made here, by whoever sits at the server; there is no default password to forget to change.
First passwords are written to stdout once and are kept nowhere.
"""

import argparse
import json
from dataclasses import asdict
from datetime import datetime

from data.access import roster, settings
from data.access.accounts import Account, Accounts
from data.access.roles import ROLES
from data.access.settings import KNOWN
from data.errors import UserError
from data.store import Store

_SWITCH = {"on": True, "off": False, "true": True, "false": False, "是": True, "否": False}


def add_to(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the command to those of python -m data."""
    what = commands.add_parser("users", help="管理账号与安全设置").add_subparsers(required=True, metavar="做什么")
    in_json = argparse.ArgumentParser(add_help=False)
    in_json.add_argument("--json", action="store_true")
    one = argparse.ArgumentParser(add_help=False)
    one.add_argument("account", metavar="账号")
    roles = "、".join(f"{role.key} {role.name}" for role in ROLES.values())

    adder = what.add_parser("add", parents=[shared, in_json, one], help="增加账号；第一个须是管理员")
    adder.add_argument("--name", required=True, metavar="姓名")
    adder.add_argument("--role", required=True, choices=ROLES, metavar="角色", help=roles)
    adder.add_argument("--branch", action="append", default=[], metavar="分局", help="角色 branch 必填，可写几次")
    adder.add_argument("--sso", action="store_true", help="只用单点登录，没有密码")
    adder.set_defaults(run=_add)

    what.add_parser("list", parents=[shared, in_json], help="列出账号").set_defaults(run=_list)

    changer = what.add_parser("change", parents=[shared, in_json, one], help="改姓名、角色、分局或登录方式")
    changer.add_argument("--name", metavar="姓名")
    changer.add_argument("--role", choices=ROLES, metavar="角色", help=roles)
    changer.add_argument("--branch", action="append", metavar="分局", help="可写几次，代替原有的")
    changer.add_argument("--sso", action=argparse.BooleanOptionalAction, help="改用单点登录，或改回密码")
    changer.set_defaults(run=_change)

    for name, run, words in (
        ("reset", _reset, "重置密码，印出一次性密码"),
        ("unlock", _unlock, "解除登录失败的锁定"),
        ("disable", _disable, "停用账号，并结束它的全部登录"),
        ("enable", _enable, "重新启用账号"),
    ):
        parents = [shared, in_json, one] if name == "reset" else [shared, one]
        what.add_parser(name, parents=parents, help=words).set_defaults(run=run)

    what.add_parser("share", parents=[shared], help="把账号共享给只读服务器，以后有改动自动更新").set_defaults(
        run=_share
    )

    setter = what.add_parser("settings", parents=[shared, in_json], help="查看或修改安全设置")
    setter.add_argument("changes", nargs="*", metavar="名称=值", help="例如 idle_minutes=20 watermark=off")
    setter.set_defaults(run=_settings)


def _add(options: argparse.Namespace, store: Store) -> int:
    first = Accounts(store).add(options.account, options.name, options.role, options.branch, options.sso)
    return _tell_first(options, first, f"已增加账号 {options.account}（{ROLES[options.role].name}）。")


def _change(options: argparse.Namespace, store: Store) -> int:
    asked = (options.name, options.role, options.branch, options.sso)
    if all(value is None for value in asked):
        raise UserError("没有写要改什么：请写 --name、--role、--branch 或 --sso。")
    name, role, branches, sso = asked
    first = Accounts(store).change(options.account, name=name, role=role, branches=branches, sso=sso)
    return _tell_first(options, first, f"已修改账号 {options.account}。")


def _reset(options: argparse.Namespace, store: Store) -> int:
    first = Accounts(store).reset_password(options.account)
    return _tell_first(options, first, f"已重置账号 {options.account} 的密码，它的登录已全部结束。")


def _tell_first(options: argparse.Namespace, first: str, done: str) -> int:
    if options.json:
        print(json.dumps({"account": options.account, "initial_password": first}, ensure_ascii=False))
        return 0
    print(done)
    if first:
        print(f"一次性密码：{first}")
        print("请当面交给本人；只显示这一次，首次登录必须改密码。")
    return 0


def _unlock(options: argparse.Namespace, store: Store) -> int:
    Accounts(store).unlock(options.account)
    print(f"已解锁账号 {options.account}。")
    return 0


def _disable(options: argparse.Namespace, store: Store) -> int:
    Accounts(store).change(options.account, enabled=False)
    print(f"已停用账号 {options.account}，它的登录已全部结束。")
    return 0


def _enable(options: argparse.Namespace, store: Store) -> int:
    Accounts(store).change(options.account, enabled=True)
    print(f"已启用账号 {options.account}。")
    return 0


def _share(options: argparse.Namespace, store: Store) -> int:
    path = roster.share(store)
    print(f"账号名册已写到“{path}”，内有密码的散列，请像数据仓一样保管；以后账号有改动会自动更新它。")
    return 0


def _list(options: argparse.Namespace, store: Store) -> int:
    found = Accounts(store).all()
    if options.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1, default=datetime.isoformat))
        return 0
    for one in found:
        branches = f"（{'、'.join(one.branches)}）" if one.branches else ""
        print(f"{one.account} {one.name} {ROLES[one.role].name}{branches} {_state(one)}")
    if not found:
        print("还没有账号；请先建立管理员，例如：python -m data users add admin.li --name 李四 --role admin")
    return 0


def _state(account: Account) -> str:
    last = f"上次登录{account.last_sign_in:%Y-%m-%d %H:%M}" if account.last_sign_in else "未登录过"
    return "，".join((*account.states, last))


def _settings(options: argparse.Namespace, store: Store) -> int:
    changes = dict(map(_value, options.changes))
    found = settings.save(store, **changes) if changes else settings.read(store)
    if options.json:
        print(json.dumps(asdict(found), indent=1))
        return 0
    for name, value in asdict(found).items():
        print(f"{name}  {KNOWN[name].words}：{KNOWN[name].shown(value)}")
    return 0


def _value(text: str) -> tuple[str, bool | int]:
    """Read name=value; whether it fits is checked where it is saved."""
    name, _, value = text.partition("=")
    if name in KNOWN and KNOWN[name].is_switch and value.lower() in _SWITCH:
        return name, _SWITCH[value.lower()]
    if value.isascii() and value.isdigit():
        return name, int(value)
    if name in KNOWN:
        raise UserError(f"安全设置“{name}”的值“{value}”不对，应是{' on 或 off' if KNOWN[name].is_switch else '整数'}。")
    raise UserError(f"“{text}”写法不对，应是 名称=值，例如 idle_minutes=20；名称有：{'、'.join(KNOWN)}。")
