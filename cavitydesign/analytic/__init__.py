"""Exact resonances of spheres and layered cylinders, and first estimates of bottles.

The exact ones are the tests of the solver; the estimates are where its searches begin.
"""
