"""Light after a pump pulse: the rate equations, their integration, the computed light curve."""
