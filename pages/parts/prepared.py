"""The facts of the version in force, kept beside it by the server that shows them: at once where cases are few.

Of more cases it is done behind the pages, which in the meantime work the facts out for every figure, slower and the same.
"""

from threading import Lock, Thread

from data import derived
from data.store import Reader

_begun: set[str] = set()
_beginning = Lock()


def ensure(reader: Reader) -> None:
    """Have the facts of a reader's version kept, once in a process."""
    name = str(reader.path.resolve())
    with _beginning:
        if name in _begun:
            return
        _begun.add(name)
    if not derived.is_large(reader):  # less than a second's work
        derived.keep(reader)
    else:
        Thread(target=derived.keep, args=(reader,), daemon=True, name="derived").start()
