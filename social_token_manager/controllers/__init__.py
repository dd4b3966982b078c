from . import calendar
from . import link
from . import oauth
from . import webhook
