"""A page's WebSocket, which lives no longer than the login that opened it.

Before each message of the browser, and every few seconds in between, it is looked up whether the login still stands; once
it has ended nothing more gets through in either direction. What a person does keeps the login alive; what the page does
by itself (a fragment that repeats, a heartbeat) does not.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from data.errors import UserError

ENDED = 4401  # the close code that session.js knows
EVERY = 5.0  # seconds between two looks
_open: set["Watched"] = set()


def look_again() -> None:
    """Make every open WebSocket look at once whether its login still stands; for who has just ended one."""
    for watched in tuple(_open):
        watched.hurry.set()


class Watched:
    """One WebSocket. stands: whether its login still does; acted: called for each act of the person; told: for each message
    to the browser."""

    def __init__(
        self,
        stands: Callable[[], Awaitable[bool]],
        acted: Callable[[], Awaitable[None]] | None = None,
        told: Callable[[bytes], None] | None = None,
    ) -> None:
        self._stands, self._acted, self._told = stands, acted, told
        self._accepted = False  # the handshake is through
        self._over = False  # the login has ended
        self._closed = False
        self.hurry = asyncio.Event()

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the WebSocket until either side closes it, or the login ends."""
        self._receive, self._send = receive, send
        watcher = asyncio.create_task(self._watch(), name="login-watch")
        _open.add(self)
        try:
            await app(scope, self._from_browser, self._to_browser)
        finally:
            self._closed = True
            _open.discard(self)
            watcher.cancel()

    async def _watch(self) -> None:
        try:
            while not self._over and await self._still_stands():
                self.hurry.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.hurry.wait(), EVERY)
        finally:
            await self._end()  # a look that fails, as at a damaged database, ends the WebSocket too

    async def _from_browser(self) -> Message:
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._closed = True
        if message["type"] != "websocket.receive":
            return message
        if self._over or not await self._still_stands():
            await self._end()
            return {"type": "websocket.disconnect", "code": ENDED}
        if self._acted and is_by_hand(message.get("bytes") or b""):
            with suppress(UserError):  # then the login ends sooner, which is the safe side
                await self._acted()
        return message

    async def _still_stands(self) -> bool:
        try:
            return await self._stands()
        except UserError:  # where the accounts cannot be read, nobody is known
            return False

    async def _to_browser(self, message: Message) -> None:
        if self._closed:
            return
        if message["type"] == "websocket.close":
            self._closed = True
        elif self._told and message.get("bytes"):
            self._told(message["bytes"])
        await self._send(message)
        if message["type"] == "websocket.accept":
            self._accepted = True
            if self._over:
                await self._end()

    async def _end(self) -> None:
        self._over = True
        if self._accepted and not self._closed:
            self._closed = True
            with suppress(OSError):  # the browser was quicker
                await self._send({"type": "websocket.close", "code": ENDED, "reason": "signed out"})


def is_by_hand(message: bytes) -> bool:
    """Say whether a message of the browser is something that a person did."""
    try:
        found = BackMsg.FromString(message)
    except DecodeError:
        return False
    kind = found.WhichOneof("type")
    return kind not in (None, "app_heartbeat") and not (kind == "rerun_script" and found.rerun_script.is_auto_rerun)
