"""Settings of the whole test suite: property tests are the same on every machine and have no deadline."""

from hypothesis import settings

# A shared machine may pause any test, so time says nothing about an example; a fixed order of examples means
# that what passes for one person passes for all.
settings.register_profile("putar", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("putar")
