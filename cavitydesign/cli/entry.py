"""Entry point of the installed command; light, so that Ctrl-C while the rest is imported is one
line too.
"""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command."""
    try:
        from .main import main as run

        run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
