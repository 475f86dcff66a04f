"""The quadrilateral elements of the sections as scikit-fem elements."""

from .quad_h1 import ElementQuadH1
from .quad_hcurl import ElementQuadHcurl

__all__ = ["ElementQuadH1", "ElementQuadHcurl"]
