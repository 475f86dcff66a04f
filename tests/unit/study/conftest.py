"""Toy points: workers in other processes import them by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
