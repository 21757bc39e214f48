"""The first files of a flywheel of one's own; `beginning` copies them."""
