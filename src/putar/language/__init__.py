"""What a model says: expressions, variables, units, and what is wrong with them."""
