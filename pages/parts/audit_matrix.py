"""Who may see and do what: roles × pages, actions, rows and columns, read from where each is enforced, never typed in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from data import schema, scope
from data.access import settings
from data.access.roles import PERMISSIONS, ROLES, Role
from data.access.settings import AccessSettings
from data.dates import now
from data.schema import Field
from data.store import Store
from metrics import export
from pages.parts import downloads, frame, markup
from pages.parts.frame import MenuEntry
from pages.parts.markup import esc, show

PAGES, ACTIONS, ROWS, COLUMNS = "页面", "动作", "行", "列"
YES, NO = "✓", "—"
ALL_ROWS, OWN_ROWS, NO_ROWS = "全部", "本分局", "无"
SHOWN, OPENED = "显示", "点开后显示"
_TABLES = {**schema.LABELS, "quarantine": "隔离的行", "imports": "导入记录"}


@dataclass(frozen=True)
class Line:
    """One line of the matrix: to what, how it is handled, and what each role has of it, in the order of ROLES.

    table: of a column, what it is a column of.
    """

    section: str
    item: str
    about: str
    cells: tuple[str, ...]
    table: str = ""

    @property
    def name(self) -> str:
        """What the line is about, alone."""
        return f"{self.table}·{self.item}" if self.table else self.item


def matrix(pages: Mapping[str, MenuEntry], added: AccessSettings) -> list[Line]:
    """Return every line; `added`: the settings, some of which give a role more than it has by itself."""
    return [*_pages(pages, added), *_actions(added), *_rows(added), *_columns(added)]


def table(lines: list[Line]) -> pd.DataFrame:
    """Return the matrix as the files have it."""
    headings = ["类别", "项目", "说明", *(role.name for role in ROLES.values())]
    return pd.DataFrame([(one.section, one.name, one.about, *one.cells) for one in lines], columns=headings)


def draw(store: Store) -> None:
    """Draw the matrix with its files."""
    lines = matrix({**frame.MENU, **frame.UNLISTED}, settings.read(store))
    show(markup.title("权限矩阵", "角色可看的页面、可做的动作、可见的行与列；按程序实际执行的规则生成"))
    with st.container(horizontal=True, key="matrix_tools"):
        for label, ending, write in (("下载 Excel", "xlsx", export.to_xlsx), ("下载 CSV", "csv", export.to_csv)):
            downloads.button(
                label,
                _file(lines, write),
                f"权限矩阵_{now():%Y-%m-%d}.{ending}",
                what={"内容": "权限矩阵"},
                permission="audit",
                key=f"get_matrix_{ending}",
            )
    left, right = st.columns(2)
    for place, sections in ((left, (PAGES, ACTIONS, ROWS)), (right, (COLUMNS,))):
        with place:
            for section in sections:
                show(markup.title(section), _grid([one for one in lines if one.section == section]))


def _file(lines: list[Line], write: Callable[..., bytes]) -> Callable[[str], bytes]:
    notes = ["权限矩阵", f"生成时刻：{now():%Y-%m-%d %H:%M}"]
    return lambda mark: write(table(lines), notes, mark=mark)


def _grid(lines: list[Line]) -> str:
    """Return lines as a table, those that are handled alike as one; the files have each by itself."""
    alike: dict[tuple, list[str]] = {}
    for one in lines:
        alike.setdefault((one.table, one.about, one.cells), []).append(one.item)
    rows = []
    for (name, about, cells), items in alike.items():
        said = f"<b>{esc(name)}</b>　{esc('、'.join(items))}" if name else esc("、".join(items))
        marks = "".join(f"<td>{esc(cell)}</td>" for cell in cells)
        rows.append(f"<tr><td>{said}<div class='sub'>{esc(about)}</div></td>{marks}</tr>")
    return markup.grid([("项目", ""), *((role.name, "") for role in ROLES.values())], rows, "loose matrix")


def _pages(pages: Mapping[str, MenuEntry], added: AccessSettings) -> Iterator[Line]:
    for entry in pages.values():
        yield Line(PAGES, entry.name, f"须有“{PERMISSIONS[entry.permission]}”", _allowed(entry.permission, added))


def _actions(added: AccessSettings) -> Iterator[Line]:
    for key, words in PERMISSIONS.items():
        extra = [role.name for role in ROLES.values() if key in added.added(role.key) - role.permissions]
        about = f"{'、'.join(extra)}由管理员另行准许" if extra else ""
        yield Line(ACTIONS, words, about, _allowed(key, added))


def _rows(added: AccessSettings) -> Iterator[Line]:
    for name, label in _TABLES.items():
        rule = scope.ROWS[name]
        part = {"TRUE": ALL_ROWS, "FALSE": NO_ROWS}.get(rule, OWN_ROWS)
        reached = {"all": ALL_ROWS, "branch": part, "none": NO_ROWS}
        yield Line(ROWS, label, "在读取数据处限定", tuple(reached[role.reach] for role in ROLES.values()))
    reached = {"all": ALL_ROWS, "branch": ALL_ROWS if added.branch_comparison else NO_ROWS, "none": NO_ROWS}
    about = "只有合计与占比，没有案件；是否给分局看由管理员决定"
    yield Line(ROWS, "各分局对比表", about, tuple(reached[role.reach] for role in ROLES.values()))


def _columns(added: AccessSettings) -> Iterator[Line]:
    for name, fields in schema.TABLES.items():
        for field in fields:
            about, permission, cell = _handling(name, field)
            cells = tuple(cell if permission and _has(role, permission, added) else NO for role in ROLES.values())
            yield Line(COLUMNS, field.label, about, cells, schema.LABELS[name])


def _handling(name: str, field: Field) -> tuple[str, str, str]:
    """Return how a column is kept and shown in words, the permission that shows it (empty: nothing does), and as what."""
    if field.name not in schema.table_columns(name):
        return "不入库，只用于计算识别码", "", NO
    if field.kind in ("name", "phone", "id_number", "address"):
        return "掩码后入库，不显示", "", NO
    if field.kind == "free_text":
        return ("脱敏后显示", "cases", SHOWN) if field.shown else ("脱敏后入库，点开才显示，每次留痕", "text", OPENED)
    return ("", "cases", SHOWN) if field.shown else ("只供程序识别，不显示", "", NO)


def _allowed(permission: str, added: AccessSettings) -> tuple[str, ...]:
    return tuple(YES if _has(role, permission, added) else NO for role in ROLES.values())


def _has(role: Role, permission: str, added: AccessSettings) -> bool:
    return permission in role.permissions | added.added(role.key)
