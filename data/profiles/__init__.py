"""Export formats: which heading is which field, which text is which value. One TOML file each.

Built-in formats lie in this folder, the user's own in the store's profiles/ folder; a user's format goes first.
"""

import hashlib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import tomli_w

from data.access.audit import action
from data.durable import disk_told, flush_file
from data.errors import UserError
from data.schema import KEYS, TABLES, field_of
from data.store import Store
from data.text import comparable
from data.views import is_reserved

FOLDER = Path(__file__).parent
_LONGEST_NAME = 60  # characters; a file carries it
OPTIONS = ("date_order", "branches", "fill_down", "ignore", "pollution_path", "received_from_case_no")
# Columns that the product itself writes into a correction file, see data/corrections.py.
RESERVED = {"隔离编号": "quarantine_id", "信访人标识": "petitioner_key"}
HINTS_SHEET = "填写说明"  # of the product's own templates
RESERVED_IGNORED = ("隔离原因", "原文件", "原工作表", "原行号")


@dataclass(frozen=True)
class Profile:
    """One export format. `columns`: canonical field → the headings it may stand under, as written."""

    name: str
    columns: dict[str, tuple[str, ...]]
    table: str = "cases"
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    options: dict[str, object] = field(default_factory=dict)
    detect: tuple[str, ...] = ()
    note: str = ""
    is_builtin: bool = False
    content_hash: str = ""

    @property
    def ignored(self) -> set[str]:
        return {comparable(heading) for heading in (*self.options.get("ignore", ()), *RESERVED_IGNORED)}

    @property
    def source(self) -> str:
        return self.constants.get("source") or self.name


def parse_profile(text: str, origin: str, is_builtin: bool = False) -> Profile:
    """Return the profile that a TOML text describes. Raises UserError that names what is wrong and where."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"导入格式“{origin}”不是有效的 TOML（{error}），请改正后重试。") from error
    if not isinstance(raw.get("columns"), dict) or not raw["columns"]:
        raise UserError(f"导入格式“{origin}”没有 [columns] 一节，请写明我方字段 = 表头。")
    table = raw.get("table", "cases")
    if table not in TABLES:
        raise UserError(f"导入格式“{origin}”的 table “{table}”不认识，只能是：{'、'.join(TABLES)}。")

    def canonical(name: str) -> str:
        found = field_of(table, name)
        if not found:
            raise UserError(f"导入格式“{origin}”里的字段“{name}”不认识，请对照手册的字段表改正。")
        return found.name

    columns = {canonical(f): (h,) if isinstance(h, str) else tuple(h) for f, h in raw["columns"].items()}
    values = {canonical(f): {comparable(k): v for k, v in m.items()} for f, m in raw.get("values", {}).items()}
    constants = {canonical(f): str(value) for f, value in raw.get("constants", {}).items()}
    options = dict(raw.get("options", {}))
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise UserError(f"导入格式“{origin}”里的选项“{unknown[0]}”不认识，可用的有：{'、'.join(OPTIONS)}。")
    if options.get("date_order", "YMD") not in ("YMD", "DMY", "MDY"):
        raise UserError(f"导入格式“{origin}”的 date_order 只能是 YMD、DMY 或 MDY。")
    for key in KEYS[table][-1:]:
        if key not in columns and key not in constants:
            raise UserError(
                f"导入格式“{origin}”没有对应“{field_of(table, key).label}”（{key}），缺了它无法识别同一件。"
            )
    detect = tuple(raw.get("detect", {}).get("headings", ()))
    return Profile(
        str(raw.get("name") or Path(origin).stem),
        columns,
        table,
        values,
        constants,
        options,
        detect,
        str(raw.get("note", "")),
        is_builtin,
        hashlib.sha256(text.encode()).hexdigest()[:16],
    )


def load_profiles(store: Store) -> list[Profile]:
    """Return every profile, the user's own first; a user's profile hides a built-in one of the same name."""
    profiles: dict[str, Profile] = {}
    for folder, is_builtin in ((store.profiles_folder, False), (FOLDER, True)):
        for path in sorted(folder.glob("*.toml")):
            profile = load_profile_file(path, is_builtin)
            profiles.setdefault(profile.name, profile)
    return list(profiles.values())


def load_profile_file(path: Path, is_builtin: bool = False) -> Profile:
    """Return the profile in a TOML file. Raises UserError when it cannot be read."""
    try:
        return parse_profile(path.read_text("utf-8-sig"), path.name, is_builtin)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"导入格式文件“{path}”读不出来，请确认它存在并以 UTF-8 保存。") from error


def find_profile(name: str, store: Store) -> Profile:
    """Return the profile of that name, or in that .toml file. Raises UserError when there is none."""
    if name.endswith(".toml"):
        return load_profile_file(Path(name))
    profiles = load_profiles(store)
    for profile in profiles:
        if comparable(profile.name) == comparable(name):
            return profile
    raise UserError(f"没有名为“{name}”的导入格式，现有：{'、'.join(p.name for p in profiles)}。")


def save_user_profile(
    store: Store,
    name: str,
    columns: dict[str, str | list[str]],
    constants: dict[str, str] | None = None,
    options: dict[str, object] | None = None,
    values: dict[str, dict[str, str]] | None = None,
) -> Path:
    """Write a format that the user has mapped into the store and return its file. Raises UserError when it is not valid."""
    name = name.strip()
    if not name or any(character in '/\\:*?"<>|.' or not character.isprintable() for character in name):
        raise UserError('导入格式的名称不能为空，也不能含有 / \\ : * ? " < > | 、句点和看不见的字符，请换一个。')
    if len(name) > _LONGEST_NAME or is_reserved(name):
        raise UserError(f"导入格式的名称不能超过{_LONGEST_NAME}个字，也不能是 con、nul 等系统保留的名称，请换一个。")
    raw = {"name": name, "columns": columns}
    raw |= {k: v for k, v in (("constants", constants), ("options", options), ("values", values)) if v}
    text = tomli_w.dumps(raw)
    parse_profile(text, name)
    path = store.profiles_folder / f"{name}.toml"
    with action(store, "define", {"profile": name}), disk_told(store.folder):
        store.profiles_folder.mkdir(parents=True, exist_ok=True)
        written = path.with_name(f".{path.stem}.new")  # half a format would stop every import
        written.write_text(text, "utf-8")
        flush_file(written)
        written.replace(path)
    return path
