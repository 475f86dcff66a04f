"""One stored record: a line that says whether it is whole.

``checksum fingerprint status payload``: the checksum covers the rest of the line; the payload is
JSON on one line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OK = "ok"
FAILED = "failed"


@dataclass(frozen=True)
class Record:
    """What a point came to.

    Attributes
    ----------
    fingerprint : str
        Identity of the point.
    status : {"ok", "failed"}
    result : mapping
        What the task computed; empty if it failed.
    error : str
        Why it failed; empty if it did not.
    """

    fingerprint: str
    status: str
    result: Mapping[str, Any]
    error: str = ""

    def encoded(self) -> bytes:
        """The line of the store."""
        payload = json.dumps(
            {"result": self.result, "error": self.error}, separators=(",", ":"), allow_nan=False
        )
        body = f"{self.fingerprint} {self.status} {payload}".encode()
        return checksum(body) + b" " + body + b"\n"


@dataclass(frozen=True)
class Header:
    """Identity and status of a line, without its payload."""

    fingerprint: str
    status: str


def checksum(body: bytes) -> bytes:
    """Sixteen hexadecimal digits (BLAKE2b) of the body of a line."""
    return hashlib.blake2b(body, digest_size=8).hexdigest().encode()


def read_header(line: bytes) -> Header | None:
    """Identity of a line without its end, or None if the line is damaged."""
    if len(line) < 18 or line[16:17] != b" ":
        return None
    body = memoryview(line)[17:]
    if hashlib.blake2b(body, digest_size=8).hexdigest().encode() != line[:16]:
        return None
    parts = line[17:80].split(b" ", 2)
    return Header(parts[0].decode(), parts[1].decode()) if len(parts) == 3 else None


def read_record(line: bytes) -> Record | None:
    """The record of a line without its end, or None if the line is damaged."""
    header = read_header(line)
    if header is None:
        return None
    payload = json.loads(line[17:].split(b" ", 2)[2])
    return Record(header.fingerprint, header.status, payload["result"], payload["error"])
