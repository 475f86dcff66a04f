"""Finite elements for modes of bodies of revolution: the weak form, the element, its assembly.

Meshes, numbering, quadrature and evaluation are those of scikit-fem.
"""
