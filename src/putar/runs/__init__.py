"""Many members, run side by side and kept: designs, draws, execution, ensembles."""
