"""Pictures of studies, maps, goals and convergence."""
