"""What is said of a list of modes: what it lacks, and what it leaves open."""
