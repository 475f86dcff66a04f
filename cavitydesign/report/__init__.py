"""A self-contained HTML report that a referee can audit: what went in, what came out, how sure, and
from where.
"""
