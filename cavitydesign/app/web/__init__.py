"""The local server of the explorer: requests, limits, consent and the folder served."""
