"""The command line: one file a command. Answers go to standard output, messages and progress to
standard error.
"""

import os

# Before NumPy is imported: the matrices here are small, one thread is the fastest for each.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
