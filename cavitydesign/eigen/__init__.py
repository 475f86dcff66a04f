"""Eigenvalues of the assembled matrices: factorisation, Lanczos search, reduced bases, counts."""
