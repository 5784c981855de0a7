"""How much memory this process has had in use at once."""

import resource
from pathlib import Path

_STATUS = Path("/proc/self/status")


def memory() -> int:
    """Return the peak of the resident memory in bytes.

    Linux hands `ru_maxrss` on from the process that started this one, which may be a test worker grown large; the
    kernel's own count of this process begins anew.
    """
    if _STATUS.exists():
        (line,) = (line for line in _STATUS.read_text("utf-8").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
