"""The module `mcpbox` of a tool: what it may return beside plain values, and what it may catch."""

import types

from inside.asking.answers import AskError, NotAskable
from inside.tool.content import Audio, File, Image, Link, Result, Text
from inside.tool.failure import ToolError

_NAMES = (AskError, Audio, File, Image, Link, NotAskable, Result, Text, ToolError)

MODULE = types.ModuleType('mcpbox', __doc__)
MODULE.__dict__.update({each.__name__: each for each in _NAMES})
MODULE.__dict__['__all__'] = [each.__name__ for each in _NAMES]
