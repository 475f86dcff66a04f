"""The name of a mode in words, such as "TM 122 1 0": built and read here alone."""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """Polarisation, azimuthal order, radial order and axial order.

    Examples
    --------
    >>> str(Label("TM", 122, 1, 0))
    'TM 122 1 0'
    >>> Label.of("TE 40 2 1").p
    2
    """

    polarisation: str
    m: int
    p: int
    q: int

    @classmethod
    def of(cls, words: str) -> Label:
        """The label that stands in words.

        Raises
        ------
        ValueError
            If the words are no label.
        """
        polarisation, m, p, q = words.split()
        return cls(polarisation, int(m), int(p), int(q))

    def __str__(self) -> str:
        return f"{self.polarisation} {self.m} {self.p} {self.q}"
