"""putar: flywheel stories as models that run, cite every number, and can be proved wrong."""
