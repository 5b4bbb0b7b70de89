"""Which calls send requests, and where their addresses stand."""

import ast

from inside.analysis.uses.evaluate import Evaluator

VERBS = frozenset({'get', 'post', 'put', 'patch', 'delete', 'head', 'options'})
_OTHER = frozenset({'request', 'stream', 'open'})
_CLIENTS = frozenset(
    {
        'httpx.Client',
        'httpx.AsyncClient',
        'requests.Session',
        'requests.session',
        'urllib.request.build_opener',
    }
)
_SECOND = frozenset({'request', 'stream'})
"""Of these the method is the first argument, and the address the second."""
_SENDERS = frozenset(
    {
        *(f'{owner}.{verb}' for owner in ('http', 'http.sync', 'requests', 'httpx') for verb in VERBS),
        *(f'{owner}.request' for owner in ('http', 'http.sync', 'requests', 'httpx')),
        'httpx.stream',
        'urllib.request.urlopen',
        'urllib.request.urlretrieve',
    }
)
_PREPARED = {'httpx.Request': 1, 'requests.Request': 1, 'urllib.request.Request': 0}
HANDED_ON = _SENDERS | {'http', 'http.sync', 'requests', 'httpx', 'urllib.request'}
"""What sends whatever it is told, wherever it is brought."""


class Requests:
    """Recognises calls that send, in one text."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def is_request(self, call: ast.Call) -> bool:
        """True for a call that sends, or that says where a client sends to."""
        name = self._evaluator.dotted(call.func)
        if name in _SENDERS or name in _PREPARED:
            return True
        if name in _CLIENTS:
            return _base(call) is not None
        if not isinstance(call.func, ast.Attribute) or call.func.attr not in VERBS | _OTHER:
            return False
        return self._is_client(call.func.value) or self._is_plainly_web(self.address(call))

    def address(self, call: ast.Call) -> ast.expr | None:
        """Where the address of a request stands; None where none is seen."""
        name = self._evaluator.dotted(call.func)
        if name in _CLIENTS:
            return _base(call)
        last = call.func.attr if isinstance(call.func, ast.Attribute) else (name or '').rpartition('.')[2]
        return _argument(call, _PREPARED.get(name or '', 1 if last in _SECOND else 0))

    def is_sender(self, node: ast.AST) -> bool:
        """True for an expression that names what sends, or a module of it."""
        return isinstance(node, ast.Name | ast.Attribute) and self._evaluator.dotted(node) in HANDED_ON

    def _is_client(self, node: ast.expr, depth: int = 0) -> bool:
        if isinstance(node, ast.Call):
            return self._evaluator.dotted(node.func) in _CLIENTS
        if depth > 3:
            return False
        values = [each for each in self._evaluator.values_of(node) if each is not node]
        return any(self._is_client(each, depth + 1) for each in values if isinstance(each, ast.expr))

    def _is_plainly_web(self, node: ast.expr | None) -> bool:
        """`anything.get('https://…')` is a request, whatever sends it."""
        return node is not None and any((text[0] or '').lower().startswith(('http://', 'https://')) for text in self._evaluator.texts(node))


def _base(call: ast.Call) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == 'base_url'), None)


def _argument(call: ast.Call, at: int) -> ast.expr | None:
    named = next((each.value for each in call.keywords if each.arg in ('url', 'fullurl')), None)
    if named is not None:
        return named
    plain = call.args[: at + 1]
    is_there = len(plain) > at and not any(isinstance(each, ast.Starred) for each in plain)
    return plain[at] if is_there else None
