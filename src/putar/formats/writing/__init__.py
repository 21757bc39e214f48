"""Writing models in the words of other tools: rewritten to what a target can say, then printed."""
