"""Draws every picture of docs/gallery.md from solved examples.

    python docs/make_gallery.py [--out docs/gallery] [--only NAME ...]

Takes about a minute on two cores. Pictures in space are left out, with the reason, where nothing
can be rendered.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import gallery_lasers
import gallery_modes
import gallery_studies
from gallery_space import in_space

from cavitydesign.errors import MissingLibraryError
from cavitydesign.visualise.files import save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# pixels per inch: twice as many as a page of 80 shows, for screens that double them
DPI = 160


PICTURES: dict[str, Callable[[], Figure]] = {
    made.__name__: made
    for part in (gallery_modes, gallery_lasers, gallery_studies)
    for made in part.PICTURES
}
IN_SPACE = ("ring", "arc", "turntable", "vtk")


def main() -> int:
    """Draw what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "gallery")
    parser.add_argument("--only", nargs="*", choices=[*PICTURES, *IN_SPACE])
    chosen = parser.parse_args()
    for name in chosen.only or [*PICTURES, *IN_SPACE]:
        start = time.perf_counter()
        try:
            if name in PICTURES:
                save_figure(PICTURES[name](), chosen.out / f"{name}.png", DPI)
            else:
                in_space(name, chosen.out)
        except MissingLibraryError as error:
            print(f"{name}: left out, {error}", file=sys.stderr)
            continue
        print(f"{name}: {time.perf_counter() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
