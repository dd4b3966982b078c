from . import social_disconnect_wizard
from . import social_renewal_wizard
from . import social_renewal_line
from . import social_judgement_wizard
from . import social_people_line
from . import social_people_wizard
