"""Archives without a moment of writing in them, so that the same report gives the same bytes; Office files are archives."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PROPERTIES = "docProps/core.xml"
_STAMPED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as one archive; names may have folders."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            archive.writestr(entry, data)
    return out.getvalue()


def timeless(made: bytes, moment: datetime | None = None) -> bytes:
    """Return an archive with the same entries and no moment of writing in it.

    moment: what its properties, and those of the workbooks in it, say of when they were made; None leaves them.
    """
    with zipfile.ZipFile(io.BytesIO(made)) as before:
        entries = {name: before.read(name) for name in before.namelist()}
    if moment is not None:
        written = f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()
        for name, data in entries.items():
            if name.endswith(".xlsx"):
                entries[name] = timeless(data, moment)
            elif name == _PROPERTIES:
                entries[name] = _STAMPED.sub(rb"\g<1>" + written + rb"\g<2>", data)
    return zipped(entries)
