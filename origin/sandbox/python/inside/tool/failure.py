"""What a caller sees of an exception: the tool's own lines, nothing of ours."""

import linecache
import os
import traceback
import warnings
from typing import Any

TOOL_FILE = 'tool.py'
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_MAX_TYPE_CHARS = 200
_MAX_MESSAGE_CHARS = 4_000
_MAX_TRACEBACK_CHARS = 20_000


class Refused(Exception):
    """An expected no of ours (bad arguments, no `main`): shown without a traceback.

    `kind` is the type name that the caller sees.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class ToolError(Exception):
    """An expected failure: the caller sees the message and no traceback."""

    __module__ = 'mcpbox'  # as tools name it, and as tracebacks show it


def remember_source(code: str) -> None:
    """Lets tracebacks quote the tool's lines, which are in no file."""
    linecache.cache[TOOL_FILE] = (len(code), None, code.splitlines(keepends=True), TOOL_FILE)


def describe(error: BaseException) -> dict[str, Any]:
    """type, message and traceback. Copes with exceptions that were built to resist that."""
    if isinstance(error, Refused):
        return expected(error.kind, str(error))
    leaves = _leaves(error)
    if all(isinstance(leaf, ToolError) for leaf in leaves):
        kind = type(error) if isinstance(error, ToolError) else ToolError
        return expected(kind.__name__, '\n'.join(map(_message, leaves)))
    return {**expected(type(error).__name__, _message(error)), 'traceback': _traceback(error)}


def expected(kind: str, message: str) -> dict[str, Any]:
    """A failure whose message says all there is to say."""
    return {'type': kind[:_MAX_TYPE_CHARS], 'message': message[:_MAX_MESSAGE_CHARS], 'traceback': ''}


def _leaves(whole: BaseException) -> list[BaseException]:
    """The exceptions in a group, and in the groups in it, in order. Any other is its own leaf."""
    leaves: list[BaseException] = []
    waiting = [whole]
    while waiting:
        error = waiting.pop()
        if isinstance(error, BaseExceptionGroup):
            waiting.extend(reversed(error.exceptions))
        else:
            leaves.append(error)
    return leaves


def _message(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        if error.filename != TOOL_FILE:  # of text that the tool itself compiled
            return str(error)
        where = f' (line {error.lineno})' if error.lineno is not None else ''
        return f'{error.msg}{where}'
    if isinstance(error, SystemExit):
        return f'the tool called exit({error.code!r})'
    if isinstance(error, KeyError) and len(error.args) == 1 and isinstance(error.args[0], str):
        return error.args[0]
    try:
        return str(error)
    except Exception as second:  # the tool's own __str__
        return f'<the message could not be made: {type(second).__name__}>'


def _traceback(error: BaseException) -> str:
    try:
        told = traceback.TracebackException.from_exception(error)
        _drop_ours(told)
        text = ''.join(told.format())
    except Exception as second:  # groups in groups without end
        return f'<the traceback could not be made: {type(second).__name__}>'
    if len(text) <= _MAX_TRACEBACK_CHARS:
        return text
    half = _MAX_TRACEBACK_CHARS // 2
    return f'{text[:half]}\n…\n{text[-half:]}'


def _drop_ours(whole: traceback.TracebackException) -> None:
    """Starts every stack at the tool's first line and leaves out our frames, and what is all ours."""
    waiting, seen = [whole], {id(whole)}
    while waiting:
        told = waiting.pop()
        for link in ('__cause__', '__context__'):
            other = getattr(told, link)
            if other is not None and _is_ours(other):
                setattr(told, link, None)
        frames = list(told.stack)
        first = next((at for at, frame in enumerate(frames) if _is_tools(frame)), len(frames))
        kept = [frame for frame in frames[first:] if not frame.filename.startswith(_OURS)]
        told.stack = traceback.StackSummary.from_list(kept)
        for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
            if other is not None and id(other) not in seen:
                seen.add(id(other))
                waiting.append(other)


def _is_ours(told: traceback.TracebackException) -> bool:
    """True for what our code raised and caught, before the tool saw any of it."""
    frames = list(told.stack)
    return bool(frames) and frames[0].filename.startswith(_OURS) and not any(map(_is_tools, frames))


def _is_tools(frame: traceback.FrameSummary) -> bool:
    return frame.filename == TOOL_FILE


def _warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, line: str | None = None
) -> str:
    """What a warning prints. One that is raised between the tool's lines stands at none of ours."""
    said = f'{category.__name__}: {message}\n'
    if filename.startswith(_OURS):
        return said
    line = linecache.getline(filename, lineno) if line is None else line
    return f'{filename}:{lineno}: {said}' + (f'  {line.strip()}\n' if line.strip() else '')


warnings.formatwarning = _warning
