"""What several attacks begin with: a design that is solved at once, a section, and the command as an
installer writes it.
"""

from pathlib import Path

DESIGN = """[cavity]
profile = "cylinder"
diameter_um = 6.0
body = { index = 1.5 }
[modes]
wavelength_nm = 537.6
azimuthal_order = 48
"""
# A shipped toroid; files stand beside `microtoroid.geo`.
SECTION = """[cavity]
profile = "section"
file = "microtoroid.geo"
body = { index = 1.45 }
[cavity.parameters]
diameter = 12.0
minor_diameter = 3.0
[modes]
polarisation = "TM"
wavelength_nm = 780.0
azimuthal_order = 62
"""
# The current folder is not on the path, and workers may import the script.
SCRIPT = f"""import sys
sys.path.insert(1, {str(Path(__file__).parents[2])!r})
from cavitydesign.cli.entry import main
if __name__ == "__main__":
    main()
"""
