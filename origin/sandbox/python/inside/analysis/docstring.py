"""What a docstring says: its summary, and a line or two on each parameter."""

import inspect
import re

_GOOGLE = re.compile(r'(?:Args|Arguments|Parameters|Params|Keyword Args|Keyword Arguments|Attributes):\s*$')
_GOOGLE_ENTRY = re.compile(r'\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$')
_NUMPY = re.compile(r'(?:Parameters|Other Parameters|Attributes)\s*$')
_NUMPY_ENTRY = re.compile(r'(\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?$')
_REST = re.compile(r':(?:param|parameter|arg|argument|key|keyword|ivar)\s+(?:[^:]*\s)?\*{0,2}(\w+)\s*:\s*(.*)$')


def summary(docstring: str | None) -> str | None:
    """The first paragraph on one line; None when there is none."""
    paragraph = inspect.cleandoc(docstring or '').split('\n\n')[0]
    if re.match(r':\w', paragraph) or _GOOGLE.match(paragraph.split('\n')[0]):
        return None
    return ' '.join(paragraph.split()) or None


def parameters(docstring: str | None) -> dict[str, str]:
    """Descriptions by parameter name, in Google, NumPy or reST style, or a mixture."""
    lines = inspect.cleandoc(docstring or '').split('\n')
    found: dict[str, list[str]] = {}
    for at, line in enumerate(lines):
        if _GOOGLE.match(line.strip()):
            _read_google(lines, at, found)
        elif _NUMPY.match(line.strip()) and _is_underline(lines, at + 1):
            _read_numpy(lines, at, found)
        elif rest := _REST.match(line.strip()):
            found[rest[1]] = [rest[2], *_continued(lines, at + 1)]
    texts = {name: ' '.join(' '.join(parts).split()) for name, parts in found.items()}
    return {name: text for name, text in texts.items() if text}


def _read_google(lines: list[str], heading: int, found: dict[str, list[str]]) -> None:
    """Entries are indented below the heading; what is indented further continues an entry."""
    edge = _indent(lines[heading])
    entry_indent: int | None = None
    name: str | None = None
    for line in lines[heading + 1 :]:
        if not line.strip():
            continue
        indent = _indent(line)
        if indent <= edge:
            return
        entry_indent = indent if entry_indent is None else entry_indent
        entry = _GOOGLE_ENTRY.match(line.strip()) if indent <= entry_indent else None
        if entry:
            name = entry[1]
            found[name] = [entry[2]]
        elif name is not None:
            found[name].append(line)


def _read_numpy(lines: list[str], heading: int, found: dict[str, list[str]]) -> None:
    """Entries stand under the heading at its indent; their text is indented."""
    edge = _indent(lines[heading])
    names: list[str] = []
    for at in range(heading + 2, len(lines)):
        line = lines[at]
        if not line.strip():
            continue
        if _is_underline(lines, at + 1):
            return
        if _indent(line) > edge:
            for name in names:
                found[name].append(line)
            continue
        entry = _NUMPY_ENTRY.match(line.strip())
        if entry is None:
            return
        names = [name.strip().lstrip('*') for name in entry[1].split(',')]
        found.update({name: [] for name in names})


def _continued(lines: list[str], start: int) -> list[str]:
    more: list[str] = []
    for line in lines[start:]:
        if not line.strip() or line.lstrip().startswith(':'):
            break
        more.append(line)
    return more


def _is_underline(lines: list[str], at: int) -> bool:
    return at < len(lines) and re.fullmatch(r'-{3,}', lines[at].strip()) is not None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
