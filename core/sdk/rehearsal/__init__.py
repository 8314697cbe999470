"""The rehearsal model: simulated, rule-based, always labelled; the default where no real model is set up."""

from core.sdk.rehearsal.model import RehearsalModel
from core.sdk.rehearsal.stream import Pace

__all__ = ["Pace", "RehearsalModel"]
