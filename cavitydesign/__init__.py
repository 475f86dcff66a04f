"""cavitydesign: from the outline of a microcavity on a fibre to the fluence at which it lases, and in which modes."""

__version__ = "0.1.0"
