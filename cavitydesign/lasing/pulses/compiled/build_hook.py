"""Compiles the steps of the rate equations when the package is built, where a compiler is at hand;
by hand, in the checkout:

    python cavitydesign/lasing/pulses/compiled/build_hook.py

Without a compiler, or with CAVITYDESIGN_PURE=1, the package is built without: NumPy takes the same
steps then, to rounding.
"""

from __future__ import annotations

import os
import platform
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # by hand, or in a test
    BuildHookInterface = object

SOURCES = Path("cavitydesign", "lasing", "pulses", "compiled")
PURE = "CAVITYDESIGN_PURE"
# No contraction: sums are rounded as NumPy rounds them on every processor.
_FLAGS = ("-O3", "-ffp-contract=off", "-fvisibility=hidden", "-fPIC", "-shared", "-Wno-psabi")
# Twice a compilation on a slow machine, many times over.
_PATIENCE_S = 300.0


def compiled(sources: Path, into: Path, flags: tuple[str, ...] = _FLAGS) -> list[Path]:
    """Compile the kernel for any processor of the machine's kind, and for AVX2 where that exists.

    Raises
    ------
    OSError, subprocess.SubprocessError
        Without a compiler that takes it.
    """
    scope: dict[str, Any] = {"__name__": "names", "__file__": str(sources / "names.py")}
    exec((sources / "names.py").read_text(encoding="utf-8"), scope)
    command = [*_compiler(), *flags, f'-DSOURCES="{scope["sources_digest"]()}"']
    found = []
    for name, more in ((scope["LIBRARY"], ()), (scope["WIDE_LIBRARY"], ("-mavx2",))):
        if more and platform.machine().lower() not in ("x86_64", "amd64"):
            continue
        # a process that has the old one loaded keeps it
        new = into / f"{name}.{os.getpid()}"
        parts = [*command, *more, "-o", str(new), str(sources / "kernel.c"), "-lm"]
        try:
            subprocess.run(parts, check=True, capture_output=True, timeout=_PATIENCE_S)
            new.replace(into / name)
        finally:
            new.unlink(missing_ok=True)
        found.append(into / name)
    return found


def _compiler() -> list[str]:
    asked = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    for words in (shlex.split(str(asked)), ["cc"], ["gcc"], ["clang"]):
        if shutil.which(words[0]):
            return words
    raise OSError("no C compiler was found")


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc,valid-type]
    """Adds the compiled kernel to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile in the checkout; the wheel is for this kind of machine then."""
        if os.environ.get(PURE):
            return
        sources = Path(self.root) / SOURCES
        try:
            libraries = compiled(sources, sources)
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or b""
            self.app.display_warning(
                f"built without compiled steps, NumPy takes them: {error} {said.decode()[-500:]}"
            )
            return
        kind = sysconfig.get_platform().replace("universal2", platform.machine())
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-" + kind.replace("-", "_").replace(".", "_")
        build_data["artifacts"] += [str((SOURCES / one.name).as_posix()) for one in libraries]


if __name__ == "__main__":
    here = Path(__file__).parent
    sys.stdout.write("".join(f"{one}\n" for one in compiled(here, here)))
