"""The same examples in every run: a change is judged by what it does, not by what chance found that day.

`pytest --hypothesis-profile=exploring` looks for new ones.
"""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, database=None)
settings.register_profile("exploring", derandomize=False)
settings.load_profile("steady")
