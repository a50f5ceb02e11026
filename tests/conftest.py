"""Settings for all tests: no test may fail because a machine is slow."""

from hypothesis import settings

settings.register_profile("eigcheck", deadline=None)
settings.load_profile("eigcheck")
