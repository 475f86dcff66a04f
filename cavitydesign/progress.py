"""The one type of what is called while a long work goes on."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called as progress(stage, share): the stage in words, and the done share of the work, 0 to 1."""
