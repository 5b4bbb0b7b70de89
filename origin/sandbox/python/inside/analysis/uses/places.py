"""Secrets that code does nothing with but put them into headers of requests, and where those go."""

import ast
from collections.abc import Iterator

from inside.analysis.uses.evaluate import Evaluator
from inside.analysis.uses.hosts import Reach
from inside.analysis.uses.texts import Text


def header_parts(call: ast.Call, evaluator: Evaluator) -> Iterator[tuple[str, ast.expr]]:
    """Names of headers of a request, in lower case, and expressions that their values are made of,
    one after the other and unchanged."""
    given = next((each.value for each in call.keywords if each.arg == 'headers'), None)
    tables = [given] if isinstance(given, ast.Dict) else evaluator.values_of(given) if given else []
    for table in tables:
        if not isinstance(table, ast.Dict):
            continue
        for name, value in zip(table.keys, table.values, strict=True):
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield from ((name.value.lower(), part) for part in _parts(value))


def _parts(value: ast.expr) -> Iterator[ast.expr]:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.JoinedStr):
            waiting.extend(node.values)
        elif isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
            waiting.append(node.value)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            waiting.extend((node.left, node.right))
        else:
            yield node


def place_of(text: Text, reach: Reach | None) -> str | None:
    """The host that a secret may be sent to with a request; None where that does not show. In clear it
    goes only where the port is named (docs/writing-tools.md, Secrets)."""
    if reach is None or reach.host is None or reach.unseen is not None:
        return None
    secure = (text[0] or '').lstrip().lower().startswith('https:')
    return reach.host if secure or ':' in reach.host.rpartition(']')[2] else None
