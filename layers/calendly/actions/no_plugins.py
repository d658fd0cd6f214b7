"""Pydantic without plugins. Importing this is enough; it comes before the first model is used.

Pydantic looks for plugins when it first builds a model. It imports ``importlib.metadata`` for that, and with it
``email``, ``zipfile`` and thirty more, even where its own switch forbids plugins: a tenth of a cold start, to find
none. This takes the place of its finder.
"""

from __future__ import annotations

import sys
from types import ModuleType

_finder = ModuleType("pydantic.plugin._loader")
_finder.get_plugins = tuple  # type: ignore[attr-defined]
sys.modules.setdefault(_finder.__name__, _finder)
