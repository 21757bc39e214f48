"""What putar says, in each language: one catalogue, from which page and terminal take every text."""

from putar.words.catalogue import languages, texts

__all__ = ["languages", "texts"]
