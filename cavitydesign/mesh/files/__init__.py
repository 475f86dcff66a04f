"""Sections from files: what gmsh and meshio read, and how it becomes a mesh of ours."""
