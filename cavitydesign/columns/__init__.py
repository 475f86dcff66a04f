"""The columns of every output, once: what each number is called, its unit, its meaning and format.

The terminal's tables, CSV, the report, the explorer, notebooks and the page of the documentation
read these tables (`modes.COLUMNS`, `lasing.OUTCOMES`, `lasing.PER_MODE`): a line there is a column
in all of them.
"""
