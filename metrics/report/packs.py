"""The notices of all branches in one archive, each folder holding nothing about another branch but the agreed comparison."""

from collections.abc import Sequence

from data.schema import UNMATCHED_BRANCH
from data.store import Reader, Store
from metrics.dimensions import dimension_values
from metrics.engine import measure
from metrics.report import making, produce
from metrics.report.packing import zipped
from metrics.report.produce import Produced, Told
from metrics.report.subject import subject

FORMATS = ("docx", "xlsx", "html", "pdf")


def packs(
    store: Store,
    reader: Reader,
    key: str,
    formats: Sequence[str] = FORMATS,
    told: Told = lambda _: None,
    mark: str = "",
) -> Produced:
    """Return one archive with a folder for each branch that has cases in the period or in hand at its end.

    mark: the words of the watermark in every file. Raises UserError for a key that is none.
    """
    period = subject(reader, key).period
    found = measure(reader, ["cases_total", "open_cases", "ontime_close_rate"], [period], ("branch",))
    busy = {figure.group.get("branch") for figure in found if figure.numerator or figure.denominator}
    files: dict[str, bytes] = {}
    missing: dict[str, None] = {}
    for branch in branches(reader):
        if branch not in busy:
            continue
        told(branch)
        made = produce.produce(making.draft(store, reader, key, branch), formats, mark=mark)
        files |= {f"{branch}/{name}": data for name, data in made.files.items()}
        missing |= dict.fromkeys(made.missing)
    words = subject(reader, key).period_words
    return Produced({f"{words}各分局信访通报.zip": zipped(files)}, tuple(missing))


def branches(reader: Reader) -> list[str]:
    """Return the branches that a notice can be written to."""
    return [name for name in dimension_values(reader, "branch") if name != UNMATCHED_BRANCH]
