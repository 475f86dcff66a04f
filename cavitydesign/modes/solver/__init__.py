"""One radial family, whatever it is discretised by: eigenpairs, reduced basis, count, errors."""
