"""Which files a login was sent the address of: downloads, pictures, places to upload to, its own Streamlit sessions.

Streamlit hands a file to anybody who knows its address, and an address is a hash of the content. So the gate listens to
what each login's pages are told, and lets a login ask for nothing else. Memory is bounded: the oldest are forgotten.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable

from google.protobuf.message import DecodeError
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_UUID = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Of fixed length, for the bytes that follow in a message may look like letters of the address.
_ADDRESS = re.compile(rb"/media/[0-9a-f]{32}|/_stcore/upload_file/" + _UUID + rb"/" + _UUID)
MEDIA, UPLOAD = "/media/", "/_stcore/upload_file/"
MOST_ADDRESSES, MOST_LOGINS = 500, 500


class Sent:
    """The addresses that each login was sent. Safe from several threads."""

    def __init__(self, most_addresses: int = MOST_ADDRESSES, most_logins: int = MOST_LOGINS) -> None:
        self._most_addresses, self._most_logins = most_addresses, most_logins
        self._of: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, login: str, addresses: Iterable[str]) -> None:
        """Remember addresses as sent to a login; `login` is anything that names it."""
        with self._lock:
            known = self._of.setdefault(login, OrderedDict())
            self._of.move_to_end(login)
            for address in addresses:
                known[address] = None
                known.move_to_end(address)
            while len(known) > self._most_addresses:
                known.popitem(last=False)
            while len(self._of) > self._most_logins:
                self._of.popitem(last=False)

    def knows(self, login: str, address: str) -> bool:
        """Say whether a login was sent an address, or the path of one with an ending."""
        with self._lock:
            return address in self._of.get(login, ())

    def forget(self, login: str) -> None:
        """Forget a login that has ended."""
        with self._lock:
            self._of.pop(login, None)


def addresses(message: bytes) -> list[str]:
    """Return the addresses of files in a message to the browser."""
    return [found.decode("ascii") for found in _ADDRESS.findall(message)]


def address_of(path: str) -> str | None:
    """Return the address that a request's path means, in the form of `addresses`; None where it is no file's."""
    found = _ADDRESS.match(path.encode("utf-8", "replace"))
    return found[0].decode("ascii") if found else None


def is_file(path: str) -> bool:
    """Say whether a path is one of files that belong to one login."""
    return path.startswith((MEDIA, UPLOAD))


def streamlit_session(message: bytes) -> str | None:
    """Return the id of the Streamlit session that a message to the browser makes known, None for any other message."""
    try:
        found = ForwardMsg.FromString(message)
    except DecodeError:
        return None
    return found.new_session.initialize.session_id or None if found.WhichOneof("type") == "new_session" else None
