"""HTTP connections that say nothing, or too slowly, or take nothing of an answer, are closed."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

# A browser sends a request within milliseconds of connecting, and a body of 256 kB at once.
SILENT_SECONDS = 20.0


class PatientProtocol(H11Protocol):
    """The server's protocol with a limit on the time without a whole request, and on the time in
    which nothing of an answer is taken: its megabytes wait here for whoever asked.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._not_taken = 0
        self._silence = self.loop.call_later(SILENT_SECONDS, self._close_if_silent)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._silence.cancel()
        super().connection_lost(exc)

    def _close_if_silent(self) -> None:
        left, before = self.transport.get_write_buffer_size(), self._not_taken
        if left and left == before:
            self.transport.abort()
            return
        self._not_taken = left
        cycle: Any = self.cycle
        if cycle is None:
            self.transport.close()
            return
        # Between requests the server's own limit on idle connections holds.
        if not cycle.response_complete and cycle.more_body:
            self.transport.close()
            return
        self._silence = self.loop.call_later(SILENT_SECONDS, self._close_if_silent)
