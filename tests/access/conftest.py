"""Accounts that are really there and sessions that are really open; only the network between them and a page is not."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from data.access import passwords, sessions
from data.access.accounts import Accounts
from data.access.viewer import Viewer
from data.store import Store
from pages.parts import access
from pages.server import identity, mode
from tests.access import two_branches
from tests.pages.conftest import opened  # noqa: F401 - a fixture

PASSWORD = "Tian-qi.2026"
ADDRESS = "10.1.2.3"


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Return the store in which everything of another branch is marked."""
    return two_branches.city(tmp_path_factory.mktemp("marked"))


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Viewer]:
    """Return a function that signs somebody in to a store and makes every page theirs from then on."""

    def sign_in(folder: Path, role: str, *branches: str) -> Viewer:
        store, account = Store(folder), f"{role}.test"
        accounts = Accounts(store)
        if not accounts.exist():
            accounts.add("first.admin", "首位管理员", "admin")
        if accounts.get(account) is None:
            first = accounts.add(account, f"{role}某", role, branches)
            accounts.set_password(account, first, PASSWORD)
        token = sessions.begin(store, account, ADDRESS)
        header = identity.sign(token, ADDRESS)
        real = access.signed_in
        monkeypatch.setattr(mode, "_gate", "login")
        monkeypatch.setattr("data.access.viewer._with_login", True)
        monkeypatch.setattr(access, "signed_in", lambda _: real(header))
        return real(header)

    return sign_in


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Hash with argon2id as always, but with less memory: it is made slow for whoever guesses, not for tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
        yield
