"""The questions themselves: `ctx.elicit`, `ctx.sample` and `ctx.roots` (MCP, client features)."""

from collections.abc import Mapping, Sequence
from typing import Any

from inside.asking.answers import Elicited, Root, Sampled, elicited, roots, sampled
from inside.asking.asker import Asker
from inside.tool.content import Block
from inside.tool.values import to_json

_ELICIT = 'elicitation/create'
_SAMPLE = 'sampling/createMessage'
_ROOTS = 'roots/list'
_DEFAULT_MAX_TOKENS = 1_000


class Questions:
    """Questions that are awaited. Asked at the same time, with `asyncio.gather`, they reach the
    client together. `key` names a question to the client where it matters to be recognised."""

    def __init__(self, asker: Asker) -> None:
        self.__asker = asker

    async def elicit(
        self, message: str, schema: Mapping[str, Any], *, key: str | None = None
    ) -> Elicited:
        """Asks the person for what `schema` describes: a JSON Schema of a flat object."""
        return elicited(await self.__asker.later(_ELICIT, _form(message, schema), key))

    async def sample(
        self,
        messages: str | Sequence[Any],
        *,
        max_tokens: int = _DEFAULT_MAX_TOKENS,
        system: str | None = None,
        key: str | None = None,
        **options: Any,
    ) -> Sampled:
        """Asks the client's model. `options` are those of MCP, such as `temperature`."""
        params = _prompt(messages, max_tokens, system, options)
        return sampled(await self.__asker.later(_SAMPLE, params, key))

    async def roots(self, *, key: str | None = None) -> list[Root]:
        """Asks for the client's roots."""
        return roots(await self.__asker.later(_ROOTS, {}, key))


class SyncQuestions:
    """The same for functions that are not async: each call blocks until there is an answer."""

    def __init__(self, asker: Asker) -> None:
        self.__asker = asker

    def elicit(self, message: str, schema: Mapping[str, Any], *, key: str | None = None) -> Elicited:
        """Asks the person for what `schema` describes: a JSON Schema of a flat object."""
        return elicited(self.__asker.now(_ELICIT, _form(message, schema), key))

    def sample(
        self,
        messages: str | Sequence[Any],
        *,
        max_tokens: int = _DEFAULT_MAX_TOKENS,
        system: str | None = None,
        key: str | None = None,
        **options: Any,
    ) -> Sampled:
        """Asks the client's model. `options` are those of MCP, such as `temperature`."""
        params = _prompt(messages, max_tokens, system, options)
        return sampled(self.__asker.now(_SAMPLE, params, key))

    def roots(self, *, key: str | None = None) -> list[Root]:
        """Asks for the client's roots."""
        return roots(self.__asker.now(_ROOTS, {}, key))


def _form(message: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    plain = to_json(schema)
    if not isinstance(plain, dict) or plain.get('type') != 'object':
        raise ValueError("the schema must describe an object: {'type': 'object', 'properties': …}")
    return {'message': str(message), 'requestedSchema': plain}


def _prompt(
    messages: str | Sequence[Any], max_tokens: int, system: str | None, options: dict[str, Any]
) -> dict[str, Any]:
    told = [messages] if isinstance(messages, str | Block) else list(messages)
    params = {**to_json(options), 'messages': [_message(item) for item in told]}
    params['maxTokens'] = max_tokens
    if system is not None:
        params['systemPrompt'] = str(system)
    return params


def _message(item: Any) -> dict[str, Any]:
    """A str or a block is what the user says; a mapping has `role` and `content`."""
    if isinstance(item, Mapping):
        return {'role': item['role'], 'content': _content(item['content'])}
    return {'role': 'user', 'content': _content(item)}


def _content(item: Any) -> Any:
    if isinstance(item, Block):
        return item.to_wire()
    return {'type': 'text', 'text': item} if isinstance(item, str) else to_json(item)
