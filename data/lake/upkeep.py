"""Keeps the lake small; what a publication of the last days needs stays."""

from data.access.audit import action
from data.lake.address import LakeAddress, check_share
from data.lake.bridge import ask
from data.lake.publishing import WAIT_SECONDS
from data.store import Store


def tidy(store: Store, lake: LakeAddress, keep_days: int) -> dict[str, int]:
    """Remove snapshots older than some days, and the files that only they need; return how many. Raises UserError."""
    check_share(lake.data_path, writing=True)
    with action(store, "lake_tidy", {"lake": str(lake), "days": keep_days}) as end:
        done = ask(lake, {"action": "tidy", "keep_days": keep_days, "wait": WAIT_SECONDS})
        end.update(done)
    return done
