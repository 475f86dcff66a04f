"""Which code makes columns of records: with its digest, rows that were made once may be kept."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

from ..version import __version__


@functools.cache
def columns_version() -> str:
    """Digest of this package's files and of the reader of dotted keys."""
    home = Path(__file__).parent
    try:
        files = [*sorted(home.glob("*.py")), home.parent / "dotted.py"]
        content = b"".join(path.read_bytes() for path in files)
    except OSError:
        return __version__  # a zipped installation
    return hashlib.sha256(content).hexdigest()[:32]
