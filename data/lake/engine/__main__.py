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
    request = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_caller, daemon=True).start()
    try:
        answer = _action(request["action"])(request)
    except Refused as refused:
        answer = refused.told
    except Exception as error:
        answer = {"error": "engine", "type": type(error).__name__, "detail": str(error)[:2000]}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())
    sys.stdout.flush()


def _action(name: str):
    from data.lake.engine import fetching, publishing, upkeep  # now that the lake's own duckdb comes first

    return {"publish": publishing.publish, "fetch": fetching.fetch, "tidy": upkeep.tidy}[name]


def _end_with_caller() -> None:
    sys.stdin.buffer.read()
    os._exit(3)


if __name__ == "__main__":
    main()
