from . import social_disconnect_wizard
from . import social_link_wizard
from . import social_renewal_wizard
from . import social_renewal_line
