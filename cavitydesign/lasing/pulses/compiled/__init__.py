"""Steps of the rate equations compiled from C, where a compiler was at hand at installation."""
