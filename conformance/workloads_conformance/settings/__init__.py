"""The settings of a run: options from flags, the environment and conformance.toml, as one frozen object."""

from .load import Flag, given_values, load_settings
from .model import ImplementationSettings, Mode, Profile, Settings
from .options import ENVIRONMENT_PREFIX, OPTIONS, REPLAYED, Option
from .shard import Shard

__all__ = [
    "ENVIRONMENT_PREFIX",
    "OPTIONS",
    "REPLAYED",
    "Flag",
    "ImplementationSettings",
    "Mode",
    "Option",
    "Profile",
    "Settings",
    "Shard",
    "given_values",
    "load_settings",
]
