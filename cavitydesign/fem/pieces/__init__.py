"""Quadrature on parts of elements, where a bound or a face of an absorbing layer cuts them."""
