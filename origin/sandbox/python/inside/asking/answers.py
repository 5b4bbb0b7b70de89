"""What a tool is told when it asked."""

from dataclasses import dataclass
from typing import Any


class AskError(Exception):
    """The client could not be asked, or gave an error. `code` is that of JSON-RPC, where there is one."""

    __module__ = 'mcpbox'  # as tools name it, and as tracebacks show it

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class NotAskable(AskError):
    """The client cannot be asked for this at all."""

    __module__ = 'mcpbox'


@dataclass(frozen=True)
class Elicited:
    """What a person answered. `action` is 'accept', 'decline' or 'cancel'; `content` is what was
    filled in, and empty without an accept. It is what the client says: check it."""

    action: str
    content: dict[str, Any]

    @property
    def accepted(self) -> bool:
        return self.action == 'accept'


@dataclass(frozen=True)
class Sampled:
    """What the client's model said. `content` is one block, or a list of them, as MCP has it."""

    role: str
    content: Any
    model: str
    stop_reason: str | None

    @property
    def text(self) -> str:
        """The text of all text blocks."""
        blocks = self.content if isinstance(self.content, list) else [self.content]
        texts = [block.get('text', '') for block in blocks if isinstance(block, dict)]
        return ''.join(text for text in texts if isinstance(text, str))


@dataclass(frozen=True)
class Root:
    """A place that the client lets tools know of."""

    uri: str
    name: str | None


def elicited(result: dict[str, Any]) -> Elicited:
    """Raises AskError for what is no answer."""
    action, content = result.get('action'), result.get('content')
    if action not in ('accept', 'decline', 'cancel'):
        raise AskError('the client sent something that is no answer')
    return Elicited(action, content if action == 'accept' and isinstance(content, dict) else {})


def sampled(result: dict[str, Any]) -> Sampled:
    """Raises AskError for what is no message."""
    role, model = result.get('role'), result.get('model')
    if not isinstance(role, str) or not isinstance(model, str) or 'content' not in result:
        raise AskError('the client sent something that is no message')
    stop = result.get('stopReason')
    return Sampled(role, result['content'], model, stop if isinstance(stop, str) else None)


def roots(result: dict[str, Any]) -> list[Root]:
    """Raises AskError for what is no list of roots."""
    listed = result.get('roots')
    if not isinstance(listed, list):
        raise AskError('the client sent something that is no list of roots')
    found = []
    for root in listed:
        if not isinstance(root, dict) or not isinstance(root.get('uri'), str):
            raise AskError('the client sent something that is no root')
        name = root.get('name')
        found.append(Root(root['uri'], name if isinstance(name, str) else None))
    return found
