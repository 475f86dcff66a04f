"""Archives of modes that run programs, ask for much, or are damaged: `cd.load` reads numbers and
texts, or says one line.
"""

import io
import json
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest

from cavitydesign.errors import InputError
from cavitydesign.workflow.archive import load


class Reaches:
    """Runs a program when it is unpickled."""

    def __init__(self, canary) -> None:
        self.canary = canary

    def __reduce__(self):
        return (os.system, (f"touch {self.canary}",))


def stored(array, **keys) -> bytes:
    content = io.BytesIO()
    np.save(content, array, **keys)
    return content.getvalue()


def claiming(shape: str) -> bytes:
    """An array that says how large it is, and ends there."""
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head) + 1) + head + b"\n"


DESCRIPTION = stored(
    np.array(json.dumps({"format": "cavitydesign modes 1", "set": {}, "modes": []}))
)


def archives(canary) -> dict[str, bytes]:
    """Contents by name; those that are lists are the members of an archive."""
    objects = stored(np.array([Reaches(canary)], dtype=object), allow_pickle=True)
    whole = {
        "pickle": [("description.npy", objects)],
        "pickle beside": [("description.npy", DESCRIPTION), ("0/r_um.npy", objects)],
        "raw pickle": [("description.npy", pickle.dumps(Reaches(canary)))],
        "claims 8 TB": [("description.npy", DESCRIPTION), ("a.npy", claiming("(10**12,)"))],
        "claims 8 TB, written out": [
            ("description.npy", DESCRIPTION),
            ("a.npy", claiming("(1000000000000,)")),
        ],
        "claims less than nothing": [
            ("description.npy", DESCRIPTION),
            ("a.npy", claiming("(-1,)")),
        ],
        "deep": [("description.npy", stored(np.array("[" * 100_000)))],
        "no array": [("description.txt", b"abc")],
        "no text": [("description.npy", stored(np.zeros(3)))],
    }
    made = {}
    for name, members in whole.items():
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, data in members:
                archive.writestr(member, data)
        made[name] = content.getvalue()
    plain = bytearray(made["no text"])
    place = plain.index(b"PK\x01\x02")
    encrypted, packed = bytearray(plain), bytearray(plain)
    encrypted[6] |= 1
    encrypted[place + 8] |= 1
    packed[8] = packed[place + 10] = 99
    return made | {
        "bare pickle": pickle.dumps(Reaches(canary)),
        "bare array of objects": objects,
        "cut": bytes(plain[:60]),
        "empty": b"",
        "encrypted": bytes(encrypted),
        "packed by what nobody knows": bytes(packed),
        "flipped": bytes(plain[:60]) + bytes([plain[60] ^ 255]) + bytes(plain[61:]),
    }


def test_archives_run_nothing(tmp_path, tally) -> None:
    canary = tmp_path / "canary"
    for name, content in archives(canary).items():
        path = tmp_path / "modes.npz"
        path.write_bytes(content)
        with pytest.raises(InputError) as refused:
            load(path)
        assert len(str(refused.value).splitlines()) == 1, name
        assert not canary.exists(), name
        tally.add()


def test_an_archive_that_unpacks_to_gigabytes_is_refused(tmp_path) -> None:
    """2 GB by its directory, which bounds what is unpacked."""
    path = tmp_path / "modes.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("description.npy", DESCRIPTION)
        archive.writestr("a.npy", claiming("(250000000,)"))
    content = bytearray(path.read_bytes())
    struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 24, 2_000_000_128)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"2 GB of fields are more than 1\.5 GB"):
        load(path)
