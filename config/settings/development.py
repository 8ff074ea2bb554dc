"""Development settings, selected by TROMBINE_DEBUG=1."""

from config import env
from config.secret_key import secret_key
from config.settings.base import *
from config.settings.base import DATA_DIR

DEBUG = True
SECRET_KEY = env.text("TROMBINE_SECRET_KEY") or secret_key(DATA_DIR)
ALLOWED_HOSTS = env.listing("TROMBINE_ALLOWED_HOSTS", ("*",))
INTERNAL_IPS = ["127.0.0.1"]
