"""Files to models and back."""
