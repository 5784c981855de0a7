"""Asks whether anything that requirements.txt installs has a known vulnerability. Exit code 1: yes, or packages that do not fit.

`pip check` needs no network and always counts. pip-audit asks PyPI's list of vulnerabilities; a machine of a closed
network cannot reach it, and pip-audit then says either nothing or "none found" about packages that it never looked up.
Both are told in a sentence and do not fail, for a build must not depend on a network that may not be there.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECONDS = 600


def judge(report: str) -> tuple[bool, list[str]]:
    """Return whether pip-audit's JSON leaves the build good, and what to say of it."""
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return True, ["漏洞库查不到（网络不通或索引不可用），这次没有核对依赖；请在能上网的机器上运行 make audit。"]
    found = [
        f"{package['name']} {package['version']}：{known['id']}，修复版本：{'、'.join(known['fix_versions']) or '尚无'}。"
        for package in packages
        for known in package.get("vulns", ())
    ]
    unknown = sum("skip_reason" in package for package in packages)
    if found:
        return False, [*found, "以上依赖有已知漏洞，请升级，或在确认不受影响后写明理由再忽略。"]
    if unknown == len(packages):
        return True, [
            f"漏洞库没有给出{unknown}个依赖中任何一个的记录（多半是镜像站没有漏洞数据），这次等于没有核对；请在能上网的机器上运行 make audit。"
        ]
    rest = f"；另有{unknown}个在漏洞库里查不到，没有核对" if unknown else ""
    return True, [f"{len(packages) - unknown}个依赖没有已知漏洞{rest}。"]


def main() -> int:
    """Run both checks, say what they found, and return the exit code."""
    fits = subprocess.run([sys.executable, "-m", "pip", "check"], check=False).returncode == 0
    asked = [sys.executable, "-m", "pip_audit", "-r", str(ROOT / "requirements.txt"), "-f", "json"]
    try:
        report = subprocess.run(
            [*asked, "--progress-spinner", "off"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SECONDS,
            check=False, encoding="utf-8",
        ).stdout  # fmt: skip
    except subprocess.TimeoutExpired:
        report = ""
    is_good, sentences = judge(report)
    print(*sentences, sep="\n")
    return 0 if fits and is_good else 1


if __name__ == "__main__":
    sys.exit(main())
