"""What the audit of the dependencies makes of an answer: a vulnerability fails, a service that is not there does not."""

import importlib.util
import json
from pathlib import Path

import pytest

PATH = Path(__file__).parents[1] / ".ci" / "audit.py"
CLEAN = {"name": "lxml", "version": "6.1.3", "vulns": []}
SKIPPED = {"name": "duckdb", "skip_reason": "Dependency not found on PyPI and could not be audited: duckdb (2.0.0)"}
VULNERABLE = {
    "name": "pillow", "version": "12.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["12.1"], "aliases": []}],
}  # fmt: skip


@pytest.fixture(scope="module")
def judge():
    spec = importlib.util.spec_from_file_location("audit_of_dependencies", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.judge


def answer(*packages: dict) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_a_known_vulnerability_fails_and_is_named_with_its_repair(judge):
    is_good, sentences = judge(answer(CLEAN, VULNERABLE, SKIPPED))
    assert not is_good
    assert "pillow 12.0" in sentences[0] and "PYSEC-2026-1" in sentences[0] and "12.1" in sentences[0]


@pytest.mark.parametrize("report", ["", "Traceback", "[]", "null", answer(SKIPPED, SKIPPED)])
def test_a_service_that_is_not_there_is_told_and_does_not_fail(judge, report):
    is_good, sentences = judge(report)
    assert is_good and len(sentences) == 1
    assert "没有核对" in sentences[0] and "make audit" in sentences[0]


def test_what_could_not_be_looked_up_is_never_called_safe(judge):
    assert judge(answer(CLEAN, SKIPPED)) == (True, ["1个依赖没有已知漏洞；另有1个在漏洞库里查不到，没有核对。"])
    assert judge(answer(CLEAN)) == (True, ["1个依赖没有已知漏洞。"])


def test_ci_asks_after_the_tests():
    lines = (PATH.parent / "run").read_text("utf-8").split("\n")
    assert lines.index("make audit") > lines.index("make test")
