"""The explorer: a page on loopback where a researcher moves the design and sees modes, fields and
lasing follow.
"""
