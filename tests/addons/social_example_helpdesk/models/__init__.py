from . import social_example_fetch
from . import social_profile
