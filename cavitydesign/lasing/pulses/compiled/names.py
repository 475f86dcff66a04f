"""Where the compiled kernel lies, and of which sources it must be; read by the build too."""

import hashlib
from pathlib import Path

LIBRARY, WIDE_LIBRARY = "_kernel.so", "_kernel_avx2.so"
"""Beside this module, whatever the system calls such files elsewhere."""
SOURCES = (
    "carriers.h",
    "pumping.h",
    "patterns.h",
    "rates.h",
    "dense.h",
    "light.h",
    "linearised.h",
    "kernel.c",
)
"""Of the kernel, in the order in which one includes the other."""


def sources_digest() -> str:
    """Of the sources beside this module: a library made of others is not used."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update((here / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
