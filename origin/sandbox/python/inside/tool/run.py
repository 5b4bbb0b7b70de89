"""One call of one tool: load its code, bind its arguments, run `main`, hand the value over."""

import inspect
import mmap
import sys
import types
from collections.abc import AsyncIterator
from typing import Any

from inside import kernel
from inside.asking.asker import Asker
from inside.channel import Channel, encode
from inside.tool import failure, mcpbox
from inside.tool.arguments import bind
from inside.tool.context import Context
from inside.tool.failure import Refused
from inside.tool.imports import ToolImports
from inside.tool.loop import event_loop
from inside.tool.reply import answer, collected
from inside.tool.secrets import Secrets
from inside.web.open import open_web
from inside.wire import wire_of

_RESERVE_BYTES = 2 * 1024 * 1024


def run(channel: Channel, task: dict[str, Any], printed: int = 1) -> None:
    """Sends exactly one `result`, `failed` or `too_large`. Whatever the tool raises ends here.

    What is printed (to the descriptor `printed`) ends before the answer goes out, so that the
    supervisor, having the answer, need not wait for the end of the process to have all of it.
    """
    message = _answer(channel, task)
    end_output(printed)
    channel.send_encoded(message)


def _answer(channel: Channel, task: dict[str, Any]) -> bytes:
    """The one message that answers the task, as JSON."""
    reserve = mmap.mmap(-1, _RESERVE_BYTES)  # address space only: no page of it is ever touched
    try:
        message = answer(_call(channel, task), task)
    except BaseException as error:  # SystemExit and KeyboardInterrupt are the tool's too
        reserve.close()
        message = encode({'type': 'failed', 'failure': failure.describe(error)})
    return message


def _call(channel: Channel, task: dict[str, Any]) -> Any:
    module = _load(channel, task)
    main = getattr(module, 'main', None)
    if not callable(main):
        raise Refused('NoMain', 'the tool has no function `main`')
    positional, named = bind(main, task['input'], vars(module))
    value = main(*positional, **named)
    if not inspect.isawaitable(value) and not isinstance(value, AsyncIterator):
        return value
    # Not asyncio.run: that waits for threads and tasks that the tool left behind.
    return event_loop().run_until_complete(_awaited(value))


async def _awaited(value: Any) -> Any:
    """The value that there is in the end. Of an asynchronous generator, the list of its items."""
    if inspect.isawaitable(value):
        value = await value
    if isinstance(value, AsyncIterator):
        return await collected(value)
    return value


def _load(channel: Channel, task: dict[str, Any]) -> types.ModuleType:
    """Runs the tool's top level in a module of its own."""
    failure.remember_source(task['code'])
    code = compile(task['code'], failure.TOOL_FILE, 'exec', dont_inherit=True)
    secrets = Secrets(task['secrets'])
    wire = wire_of(channel)
    http = open_web(wire)
    given = {'secrets': secrets, 'http': http, 'mcpbox': mcpbox.MODULE}
    imports = ToolImports(task['modules'], given)
    module = types.ModuleType('tool')
    module.__dict__.update(
        __builtins__=imports.builtins(),
        __file__=failure.TOOL_FILE,
        ctx=Context(channel, Asker(wire)),
        http=http,
        secrets=secrets,
    )
    sys.modules['tool'] = module
    exec(code, module.__dict__)
    return module


def end_output(printed: int = 1) -> None:
    """Hands over what is printed so far and ends it, for all copies of the descriptor."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            continue  # the tool closed or replaced it
    kernel.shutdown_writing(printed)
