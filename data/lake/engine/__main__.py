"""One JSON request on stdin, one JSON answer on stdout: publish, fetch or tidy.

It ends at once when its standard input closes, so that nobody publishes on behalf of a process that was killed.
"""

import json
import os
import sys
import threading

from data.lake.engine import Refused


def main() -> None:
    """Answer one request."""
    sys.path.insert(0, sys.argv[1])
    os.umask(0o007)  # what lies on the share belongs to the group of publishers, however strict the caller is
    request = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_caller, daemon=True).start()
    try:
        answer = _action(request["action"])(request)
    except Refused as refused:
        answer = refused.told
    except ImportError:  # not there, or those of another Python
        answer = {"error": "packages"}
    except Exception as error:
        answer = {"error": "engine", "type": type(error).__name__, "detail": _ends(str(error))}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())
    sys.stdout.flush()


def _ends(text: str) -> str:
    """Return the first and the last words of a complaint: DuckLake puts the whole of its SQL between them."""
    return text if len(text) <= 2000 else f"{text[:500]}…{text[-1500:]}"


def _action(name: str):
    from data.lake.engine import fetching, publishing, upkeep  # now that the lake's own duckdb comes first

    return {"publish": publishing.publish, "fetch": fetching.fetch, "tidy": upkeep.tidy}[name]


def _end_with_caller() -> None:
    sys.stdin.buffer.read()
    os._exit(3)


if __name__ == "__main__":
    main()
