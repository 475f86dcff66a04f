"""Small changes of a cavity, and what they do to its modes: derivatives, shifts, spreads."""
