"""What stands where a command reads or writes a file, and what it may hold."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

Place = Callable[[Path], None]


def _socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)  # names of sockets have 100 letters at most
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


PLACES: dict[str, Place] = {
    "nothing": lambda path: None,
    "a folder": lambda path: path.mkdir(),
    "a pipe": lambda path: os.mkfifo(path),
    "a socket": _socket,
    "a device that never ends": lambda path: path.symlink_to("/dev/zero"),
    "a device that is always full": lambda path: path.symlink_to("/dev/full"),
    "memory of the process": lambda path: path.symlink_to("/proc/self/mem"),
    "a terminal": lambda path: path.symlink_to("/dev/ptmx"),
    "a link that goes round": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("nothing-there"),
    "a gigabyte of nothing": lambda path: _sparse(path, 3 * 10**9),
}


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


NAMES = (
    "esc\x1b[2J",
    "new\nline",
    "bidi\u202e",
    "\udcff",
    "x" * 300,
    "[red]",
    "$(touch pwned)",
    "-v",
)
TEXTS: dict[str, bytes] = {
    "empty": b"",
    "a mark alone": b"\xef\xbb\xbf",
    "NUL": b"a\x00b,c\n1,2\n",
    "all NUL": bytes(10_000),
    "UTF-16": "wavelength_nm,intensity\n500,1\n".encode("utf-16"),
    "UTF-32": "a = 1\n".encode("utf-32"),
    "no UTF-8": b"a = '\xff\xfe\x80'\n",
    "gzip": b"\x1f\x8b\x08\x00" + bytes(100),
    "escapes": b"\x1b[2J\x1b]0;t\x07,b\n1,2\n",
    "returns alone": b"a,b\r1,2\r3,4\r",
    "a page": b"<html><script>alert(1)</script></html>",
    "one long line": b"a" * 3_000_000,
}
TOMLS: dict[str, bytes] = {
    "a million keys": b"".join(b"k%d=1\n" % n for n in range(50_000)),
    "deep": b"a = " + b"[" * 5000 + b"]" * 5000,
    "dotted": b".".join([b"a"] * 5000) + b" = 1",
    "a table twice": b"[cavity]\n[cavity]\n",
    "tables of tables": b"[[cavity]]\n[[cavity]]\n[[modes]]\n",
    "numbers": b"cavity = nan\nmodes = 1e999\ndesign = -0.0\n",
    "digits": b"design = " + b"9" * 100_000,
    "times": b"design = 1979-05-27T07:32:00Z\ncavity = 07:32:00\n",
    "names that act": b'design = "\\u001b[2J\\u202e"\n"\\u001b]0;t\\u0007" = 1\n',
    "elsewhere": b'design = "/etc/passwd"\nstore = "/"\n',
    "itself": b'design = "ITSELF"\n[axes]\n"cavity.diameter_um" = [1.0, 2.0]\n',
    "lists": b"design = []\ncavity = []\naxes = []\nvariables = []\ncavities = [1, 2]\n[goal]\n",
    "arrays": b"cavities = [" + b"{}," * 100_000 + b"]\n",
}
_HEADS = (
    b"wavelength_nm,intensity,spacing_nm,diameter_um,fluence_mj_cm2,emission,time_ps,signal,"
    b"position_mm,transmittance,length_um,temperature_k,threshold"
)
_COUNT = _HEADS.count(b",") + 1


def _rows(*cells: bytes) -> bytes:
    return _HEADS + b"\n" + b"".join(b",".join([cell] * _COUNT) + b"\n" for cell in cells)


CSVS: dict[str, bytes] = {
    "a head alone": _HEADS + b"\n",
    "a million columns": b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n",
    "nan": _rows(*[b"nan"] * 8),
    "infinite": _rows(*[b"1e999"] * 8),
    "huge": _rows(*(b"%de300" % n for n in range(1, 9))),
    "tiny": _rows(*(b"%de-320" % n for n in range(1, 9))),
    "the same": _rows(*[b"1"] * 9),
    "zeros": _rows(*[b"0"] * 9),
    "negative": _rows(*(b"-%d" % n for n in range(1, 30))),
    "falling": _rows(*(b"%d" % n for n in range(30, 1, -1))),
    "one row": _rows(b"5"),
    "both ends": _rows(*[b"1e-300", b"1e300"] * 6),
    "complex": _rows(*[b"1+2j"] * 5),
    "hexadecimal": _rows(*[b"0x10"] * 5),
    "other digits": _rows(*["\u0661\u0662".encode()] * 5),
    "underscores": _rows(*[b"1_000"] * 5),
    "open quotes": _HEADS + b'\n"1,2\n' + b"3,4\n" * 1000,
    "heads twice": b"wavelength_nm,wavelength_nm\n1,2\n",
    "ragged": _HEADS + b"\n1\n1,2,3\n" + b"1," * 500 + b"\n",
    "spreadsheet": _HEADS + b"\n" + b'=cmd|"/c calc"!A1,' * 4 + b"\n",
}
