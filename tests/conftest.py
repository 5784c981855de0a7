"""What all tests share: the order in which files are begun, and the program that they are run by."""

import functools
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from streamlit.components.v2 import manifest_scanner

# The files that take longest come first, so that at the end nobody waits for one of them; see --dist loadfile.
_FIRST = (
    "tests/report/test_report_command", "tests/faults", "tests/browser", "tests/lake", "tests/published", "tests/report", "tests/access",
)  # fmt: skip
# How long an example takes to be drawn says how busy the machine is, and nothing about the test. The same examples every
# time, so that who changes something sees what the change did; pytest --hypothesis-profile=drawn looks for new ones.
settings.register_profile("drawn", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.register_profile("shared", settings.get_profile("drawn"), derandomize=True)
settings.load_profile("shared")
# Each AppTest looks through all installed packages for components, as a server does once, at its start: half a second.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow files first; within a file the order stays."""
    items.sort(key=lambda item: next((n for n, path in enumerate(_FIRST) if item.nodeid.startswith(path)), len(_FIRST)))


@pytest.fixture(autouse=True)
def _own_main() -> Iterator[None]:
    """Put the main program back: AppTest leaves its page there, and a process that a test starts would run it."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
