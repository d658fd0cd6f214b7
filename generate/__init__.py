"""Writes what is generated from the action files: template, README, OpenAPI document, events, scopes."""

import os
import sys
from pathlib import Path

_LAYER = str(Path(__file__).resolve().parent.parent / "layers" / "calendly")
if _LAYER not in sys.path:
    sys.path.insert(0, _LAYER)
os.environ.setdefault("STACK_NAME", "local")
