"""The reconciliation of the report: every total counted in two ways; a difference is in the report as a note."""

from metrics.reconcile import Check
from pages.parts import markup
from pages.parts.markup import esc, show
from pages.parts.monthly import Chosen


def draw(chosen: Chosen) -> None:
    """Draw the lines of the reconciliation, those that do not agree first."""
    checks = sorted(chosen.document.checks, key=lambda check: check.ok)
    wrong = [check for check in checks if not check.ok]
    words = f"{len(wrong)}项不符，已写进报告的附注" if wrong else "各项相符"
    show(markup.title(words, "同一个数用两种算法各数一遍"))
    if not checks:
        show(markup.nothing("给一个分局的通报不对账，对账看全市的报告。"))
    for check in checks:
        show(_line(check))


def _line(check: Check) -> str:
    sign = '<b class="better">相符</b>' if check.ok else '<b class="overdue">不符</b>'
    more = "" if check.ok else f'<p class="sub">{esc(check.explanation)}</p>'
    return (
        f'<div class="check">{sign} <b>{esc(check.name)}</b><p class="sub">{esc(check.left_words)} {check.left} ＝ '
        f"{esc(check.right_words)} {check.right}</p>{more}</div>"
    )
