"""`python -m putar` is the command `putar`."""

from putar.cli import main

main()
