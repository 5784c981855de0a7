"""Many viewers at once, each changing filters on random pages, while imports go on: python bench/viewers.py DIR.

A viewer is what a browser is to the server: signs in (all of them before the time begins), asks for the page, opens its
WebSocket, and sends the very messages that Streamlit's own client sends (streamlit.proto). What a browser does afterwards
by itself, painting, is not in it: bench/clicks.py has that. The store is copied first; another process imports into the
copy again and again.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx2
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from bench.importing import often
from bench.servers import ACCOUNT, PASSWORD, Server, copy_of, serving
from data.store import Store

PAGES = (
    "", "branches", "satisfaction", "backlog", "hotspots", "mechanism", "explore", "cases", "monthly", "definitions", "quality",
)  # fmt: skip
FILTERS = ("period", "branch", "channel", "pollution")
CHANGES = 3  # of filters on a page, before the next page is opened
SLOWEST = 60.0  # seconds after which a viewer gives up, which is an error


@dataclass(frozen=True)
class Load:
    """What some viewers met. Seconds from a click to the last message of the server; memory: the highest, of all servers.

    processor: seconds that the servers used for one action, which says more than time where others use the machine as well.
    """

    cases: int
    viewers: int
    readers: int
    imports: int
    actions: int
    errors: int
    p50: float
    p95: float
    longest: float
    sign_in_p95: float
    memory_mb: float
    processor: float
    slowest_page: str
    first_error: str = ""


@dataclass
class Seen:
    """What was measured so far: seconds by page, sign-ins, what went wrong."""

    actions: list[tuple[str, float]] = field(default_factory=list)
    sign_ins: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def measure(
    store_folder: Path,
    viewers: Sequence[int] = (1, 10, 50),
    readers: Sequence[int] = (1, 2, 3),
    seconds: float = 60,
    pause: float = 5.0,
    importing: bool = True,
) -> list[Load]:
    """Return a record for each number of readers and viewers; pause: seconds that a viewer looks at a page, on average."""
    found = []
    with tempfile.TemporaryDirectory(prefix="kpi-bench-") as place:
        store = copy_of(store_folder, Path(place) / "store")
        many = store.reader().query("SELECT count(*) FROM cases")[0][0]
        for servers in readers:
            with serving(store, Path(place) / f"own-{servers}", servers) as running:
                asyncio.run(_once(running))
                for at_once in viewers:
                    found.append(_measured(store, running, at_once, seconds, pause, importing, many))
                    print(json.dumps(asdict(found[-1]), ensure_ascii=False), file=sys.stderr, flush=True)
    return found


async def _once(running: list[Server]) -> None:
    """Open every page once on every server, so that what is measured is not its first start."""
    for server in running:
        viewer = Viewer(server.address, random.Random(0), Seen())
        await viewer.sign_in()
        for page in PAGES:
            await viewer.open(page, {})
        await viewer.leave()


def _measured(
    store: Store, running: list[Server], at_once: int, seconds: float, pause: float, importing: bool, many: int
) -> Load:
    seen, before, used = Seen(), len(store.versions()), sum(server.processor() for server in running)
    with often(store) if importing else nullcontext():
        memory = asyncio.run(_all(running, at_once, seconds, pause, seen))
    used = sum(server.processor() for server in running) - used
    times = sorted(taken for _, taken in seen.actions) or [0.0]
    by_page = {page: statistics.median(t for p, t in seen.actions if p == page) for page, _ in seen.actions}
    slowest = max(by_page, key=by_page.get, default="")
    return Load(
        cases=many, viewers=at_once, readers=len(running), imports=len(store.versions()) - before,
        actions=len(seen.actions), errors=len(seen.errors),
        p50=round(_quantile(times, 0.5), 2), p95=round(_quantile(times, 0.95), 2), longest=round(times[-1], 2),
        sign_in_p95=round(_quantile(sorted(seen.sign_ins) or [0.0], 0.95), 2), memory_mb=round(memory), processor=round(used / max(1, len(seen.actions)), 3),
        slowest_page=f"{slowest or '总览'} {by_page.get(slowest, 0):.2f}", first_error=next(iter(seen.errors), ""),
    )  # fmt: skip


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def _all(running: list[Server], at_once: int, seconds: float, pause: float, seen: Seen) -> float:
    viewers = [Viewer(running[n % len(running)].address, random.Random(n), seen) for n in range(at_once)]
    watching = asyncio.create_task(_watched(running))
    await asyncio.gather(*(viewer.timed("登录", viewer.sign_in()) for viewer in viewers))
    until = time.monotonic() + seconds
    await asyncio.gather(*(viewer.look_around(until, pause) for viewer in viewers))
    watching.cancel()
    return max(_memory) if _memory else 0.0


_memory: list[float] = []


async def _watched(running: list[Server]) -> None:
    _memory.clear()
    while True:
        _memory.append(sum(server.memory() for server in running))
        await asyncio.sleep(0.5)


class Viewer:
    """One person at a browser. seen: where the times go that all viewers took."""

    def __init__(self, address: str, dice: random.Random, seen: Seen) -> None:
        self.address, self.dice, self.seen = address, dice, seen
        self.http = httpx2.AsyncClient(trust_env=False, timeout=SLOWEST, headers={"origin": address})
        self.socket: ClientConnection | None = None
        self.page, self.hash = "", ""
        self.widgets: dict[str, tuple[str, list[str]]] = {}  # key → id, options
        self.chosen: dict[str, str] = {}
        self.cached: set[str] = set()

    async def look_around(self, until: float, pause: float) -> None:
        """Open pages and change filters, with pauses between, until a moment of the monotonic clock."""
        try:
            await asyncio.sleep(self.dice.random() * pause)
            while time.monotonic() < until:
                await self.timed(page := self.dice.choice(PAGES), self.open(page, self.chosen))
                await self._pause(pause, until)
                for _ in range(CHANGES):
                    if time.monotonic() < until and self.socket:
                        await self.timed(page, self.change())
                        await self._pause(pause, until)
        finally:
            await self.leave()

    async def _pause(self, pause: float, until: float) -> None:
        wait = pause * self.dice.uniform(0.5, 1.5)
        await asyncio.sleep(max(0.0, min(wait, until - time.monotonic())))

    async def timed(self, page: str, act: Awaitable[None]) -> None:
        """Wait for something that a viewer does, and note how long it took or what went wrong."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(SLOWEST):
                await act
        except Exception as error:  # whatever a viewer would meet is counted
            self.seen.errors.append(f"{page}: {type(error).__name__} {error}"[:300])
            return
        taken = time.perf_counter() - started
        self.seen.sign_ins.append(taken) if page == "登录" else self.seen.actions.append((page, taken))

    async def sign_in(self) -> None:
        """Sign in, as by the form."""
        fields = {"account": ACCOUNT, "password": PASSWORD}
        answer = await self.http.post(self.address + "/login", data=fields)
        if answer.status_code != 303:
            raise RuntimeError(f"login {answer.status_code}")

    async def open(self, page: str, chosen: dict[str, str]) -> None:
        """Load a page by its address, as a link of the menu does."""
        await self._close()
        self.page, self.hash, self.cached, self.widgets = page, "", set(), {}
        query = urlencode(chosen)
        for path in (f"/{page}?{query}", "/_stcore/health", "/_stcore/host-config"):
            answer = await self.http.get(self.address + path, headers={"accept": "text/html,*/*"})
            if answer.status_code != 200:
                raise RuntimeError(f"{path} {answer.status_code}")
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies.jar)
        self.socket = await connect(
            self.address.replace("http", "ws", 1) + "/_stcore/stream",
            additional_headers={"cookie": cookies, "origin": self.address},
            subprotocols=["streamlit"], proxy=None, max_size=None, compression=None,
        )  # fmt: skip
        await self._run(query)

    async def change(self) -> None:
        """Choose another value of a filter of the page."""
        known = [name for name in FILTERS if len(self.widgets.get(name, ("", []))[1]) > 1]
        if known:
            name = self.dice.choice(known)
            self.chosen = self.chosen | {name: self.dice.choice(self.widgets[name][1])}
        await self._run(urlencode(self.chosen))

    async def _run(self, query: str) -> None:
        """Ask for a run of the page's script and take in everything that it draws."""
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash = query, self.hash
        run.page_name = "" if self.hash else self.page
        run.cached_message_hashes.extend(self.cached)
        run.context_info.timezone, run.context_info.locale = "Asia/Shanghai", "zh-CN"
        run.context_info.url = f"{self.address}/{self.page}"
        run.widget_states.SetInParent()
        for name, (widget, _) in self.widgets.items():
            state = run.widget_states.widgets.add(id=widget)
            if name == "period":
                state.string_value = self.chosen.get(name, self.widgets[name][1][0])
            else:
                state.string_array_value.data.extend([self.chosen[name]] if name in self.chosen else [])
        await self.socket.send(message.SerializeToString())
        while True:
            told = ForwardMsg.FromString(await self.socket.recv())
            kind = told.WhichOneof("type")
            if kind == "script_finished":
                if told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return
            elif kind == "new_session":
                self.hash = told.new_session.page_script_hash
            elif kind == "delta":
                self._note(told)

    def _note(self, told: ForwardMsg) -> None:
        element = told.delta.new_element
        if told.metadata.cacheable:
            self.cached.add(told.hash)
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise RuntimeError(f"{element.exception.type} on {self.page}")
        if kind == "html" and 'role="alert"' in element.html.body:
            raise RuntimeError(element.html.body[:200])
        if kind in ("selectbox", "multiselect"):
            widget = getattr(element, kind)
            name = widget.id.rsplit("-", 1)[-1]
            if name in FILTERS:
                self.widgets[name] = widget.id, list(widget.options)

    async def _close(self) -> None:
        if self.socket:
            await self.socket.close()
            self.socket = None

    async def leave(self) -> None:
        """Close the page and the browser."""
        await self._close()
        await self.http.aclose()


def main() -> None:
    """Read the command line, measure, and print one line for each number of readers and viewers."""
    parser = argparse.ArgumentParser(description="许多人同时看、同时改筛选，另有导入在进行")
    parser.add_argument("folder", type=Path, help="数据仓文件夹；只读它，另复制一份来测")
    parser.add_argument("--viewers", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--readers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=5.0, help="每次操作之间平均看几秒")
    parser.add_argument("--no-import", action="store_true")
    options = parser.parse_args()
    found = measure(
        options.folder, options.viewers, options.readers, options.seconds, options.pause, not options.no_import
    )
    for one in found:
        print(
            f"{one.cases}件 只读进程{one.readers} 同时{one.viewers}人 导入{one.imports}次：{one.actions}次操作，错误{one.errors}，"
            f"P50 {one.p50:.2f}秒，P95 {one.p95:.2f}秒，最长{one.longest:.2f}秒，登录P95 {one.sign_in_p95:.2f}秒，"
            f"内存{one.memory_mb:.0f} MB，每次操作处理器{one.processor:.2f}秒，最慢 {one.slowest_page}"
        )


if __name__ == "__main__":
    main()
