"""Which modes lase together: the comb, overlaps of modes, standing waves, polarisers."""
