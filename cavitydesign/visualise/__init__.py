"""Everything the package computes, as pictures: one function a view, each returning a matplotlib
`Figure`.

Drawing needs no display and touches no global state. Heavy libraries load when a view is first
asked for.
"""
