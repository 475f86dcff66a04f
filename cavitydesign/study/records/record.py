"""One stored record: a line that says whether it is whole.

``checksum fingerprint status payload``: the checksum covers the rest of the line; the payload is
JSON on one line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, BinaryIO

from ...errors import InputError
from .json_text import Decode, Parts, decoded, decoder_of

OK = "ok"
FAILED = "failed"
# What whoever reads a record raises where it is not what its task computes.
MADE_UP = (KeyError, TypeError, ValueError, AttributeError, IndexError)
# Bytes of a record; the longest, of a light curve of a hundred modes, has 2 MB. What is longer ends
# a segment as a line does that was cut off.
_LONGEST_LINE = 64_000_000
# Bytes that are read at once.
_BLOCK = 1 << 22
_STATUSES = {b"ok": OK, b"failed": FAILED}


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


def checksum(body: bytes) -> bytes:
    """Sixteen hexadecimal digits (BLAKE2b) of the body of a line."""
    return blake2b(body, digest_size=8).hexdigest().encode()


def whole_lines(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Lines without their ends, some at a time; what stands behind the last end is left out: it is
    cut off, or being written.
    """
    rest = b""
    while block := stream.read(_BLOCK):
        lines = block.split(b"\n")
        lines[0] = rest + lines[0]
        rest = lines.pop()
        if len(lines[0] if lines else rest) >= _LONGEST_LINE:
            return
        yield lines


def read_header(line: bytes) -> tuple[str, str] | None:
    """Fingerprint and status of a line, with its end or without, or None if it is damaged."""
    end = len(line) - (line[-1:] == b"\n")
    if end < 18 or line[16:17] != b" ":
        return None
    if blake2b(line[17:end], digest_size=8).hexdigest().encode() != line[:16]:
        return None
    if line[49:53] == b" ok " and line[17:49].isalnum():  # as a rule
        return line[17:49].decode(), OK
    parts = line[17:80].split(b" ", 2)
    if len(parts) != 3 or parts[1] not in _STATUSES or not parts[0].isalnum():
        return None  # whole, but not of this program
    return parts[0].decode(), _STATUSES[parts[1]]


def read_record(line: bytes, decode: Decode = decoded) -> Record | None:
    """The record of a line without its end, or None if the line is damaged."""
    header = read_header(line)
    return None if header is None else read_checked(line, header, decode)


def read_checked(line: bytes, header: tuple[str, str], decode: Decode = decoded) -> Record | None:
    """The record of a line whose checksum was found right; None if it is not of this program."""
    try:
        payload = decode(line[19 + len(header[0]) + len(header[1]) :])
        result, error = payload["result"], payload["error"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(result, dict) or not isinstance(error, str):
        return None
    return Record(*header, result, error)


def payload_decoder(parts: Parts | None) -> Decode:
    """For `read_record`: a decoder that may leave out what is not among some parts of a result."""
    return decoder_of(None if parts is None else {"result": parts, "error": None})


@contextmanager
def told_of(where: object) -> Iterator[None]:
    """Tell of a record that is whole and yet not what its task computes: checksums find damage,
    not what somebody made up.

    Raises
    ------
    InputError
        Instead of the error of whoever reads the record.
    """
    try:
        yield
    except InputError:
        raise
    except MADE_UP as error:
        raise InputError(
            f"{where}: a record is not what this task computes ({type(error).__name__}: "
            f"{str(error)[:80]}); name another store to compute anew"
        ) from None
