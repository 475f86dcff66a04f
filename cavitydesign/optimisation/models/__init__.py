"""Models of outcomes between solved designs: processes, quadratics and derivatives."""
