"""Who computes the points of a study: processes, Dask and SLURM."""
