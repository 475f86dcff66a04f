"""What lies around a section: absorbing layers, and what a box of them leaves out."""
