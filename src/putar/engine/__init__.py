"""From a Program to numbers: the graph, the judge, the machine-code kernel and its fallback."""
