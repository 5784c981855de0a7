"""No path is made from a name that comes from outside: whatever a file, a profile or a saved view is called."""

from pathlib import Path

import pytest

from data import kept, views
from data.errors import UserError
from data.importing import import_files
from data.profiles import save_user_profile
from data.store import Store
from tests.data.files import case, ledger, stored

NAMES = [
    "../../x.csv", "..\\..\\x.csv", "C:\\x", "/etc/passwd", "con.csv", "NUL", "a\nb", "a\0b", "\u202evs", "a\nb.csv", "a\0b.csv", "\u202evsc.x",
    "x" * 300, "<img src=x onerror=alert(1)>.csv", ".", "..", "", "~/.bashrc", "%2e%2e%2fx",
]  # fmt: skip


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_an_uploaded_file_is_a_text_and_no_path(tmp_path, name):
    path = ledger(tmp_path / "up" / "0.csv", case()) if (tmp_path / "up").mkdir() is None else None
    store = Store(tmp_path / "deep" / "er" / "store")
    import_files([path], store, names=[name])
    (row,) = stored(store.folder).values()
    assert row["file_name"] == name
    made = {found for found in everything(tmp_path) if not found.is_relative_to(store.folder)}
    assert made == {tmp_path / "up", path, tmp_path / "deep", tmp_path / "deep" / "er"}
    inside = {found.name for found in everything(store.folder)}
    assert not [found for found in inside if len(name) > 2 and name in found]


@pytest.mark.parametrize("name", NAMES)
def test_a_format_or_a_saved_view_is_kept_in_its_folder_or_refused(tmp_path, name):
    store = Store(tmp_path / "deep" / "er" / "store")
    for keep in (lambda: save_user_profile(store, name, {"case_no": "编号"}), lambda: views.save(store, name, "a=1")):
        try:
            keep()
        except UserError as error:
            assert "\n" not in str(error)[:-1] or "\n" in name
        except (OSError, ValueError) as error:
            pytest.fail(f"{name!r} reached the file system: {type(error).__name__}")
    for path in everything(tmp_path):
        if path.is_file():
            assert path.resolve().is_relative_to(store.folder)
            assert path.parent in (store.profiles_folder, store.folder / "views", store.access_folder / "audit") or (
                path.is_relative_to(store.access_folder)
            )


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_view_that_is_none_cannot_be_deleted_by_a_path(tmp_path, name):
    store = Store(tmp_path / "store")
    outside = tmp_path / "x.csv.txt"
    outside.write_text("stays", "utf-8")
    with pytest.raises(UserError):
        views.delete(store, name)
    assert outside.read_text("utf-8") == "stays"


@pytest.mark.parametrize("name", [name for name in NAMES if name])
def test_the_key_of_a_report_and_the_name_of_a_branch_stay_inside(tmp_path, name):
    store = Store(tmp_path / "store")
    with pytest.raises(UserError):
        kept.report_folder(store, name)
    folder = kept.report_folder(store, "2025-09", name)
    assert folder.resolve().parent == (store.reports_folder / "2025-09" / "branches").resolve()
    folder.mkdir(parents=True)  # a name that the file system takes
    with pytest.raises(UserError):
        store.use(name)
    assert not store.is_version_name(name)
