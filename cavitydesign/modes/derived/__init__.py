"""What is asked of solved modes afterwards: fields at points, emitters, dispersion, convergence."""
