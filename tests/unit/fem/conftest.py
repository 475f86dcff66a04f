"""Makes the small sections of the mesh tests importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "mesh"))
sys.path.insert(0, str(Path(__file__).parent))
