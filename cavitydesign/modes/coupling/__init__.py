"""Light that a guide beside the cavity takes from a mode, and gives to it."""
