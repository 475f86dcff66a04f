"""An objective that looks at a cavity."""

from __future__ import annotations

from .objective import Collection as Collection
