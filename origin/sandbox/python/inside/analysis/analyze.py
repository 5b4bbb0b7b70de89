"""What a tool's text tells without running it (contract/sandbox.ts, Analysis)."""

import ast
import warnings
from typing import Any

from inside.analysis import docstring
from inside.analysis.annotation import TooLarge
from inside.analysis.scope import Scope
from inside.analysis.signature import BadSignature, Function, input_schema, output_schema
from inside.analysis.uses.uses import Uses
from inside.tool.failure import TOOL_FILE


def analyze(code: str) -> dict[str, Any]:
    """Every text gets an answer, also one that is not Python."""
    warnings.simplefilter('ignore')
    try:
        tree = ast.parse(code, TOOL_FILE)
        compile(code, TOOL_FILE, 'exec', dont_inherit=True)
        return _describe(tree)
    except SyntaxError as error:
        return _invalid(error.msg, error.lineno)
    except BadSignature as error:
        return _invalid(str(error), error.line)
    except TooLarge:
        return _invalid('the types in the signature of `main` have no reasonable end', None)
    except (RecursionError, MemoryError):
        return _invalid('the code nests too deeply to be read', None)
    except ValueError as error:  # null bytes, lone surrogates, endless digits
        return _invalid(f'the code is not Python text: {error}', None)


def _describe(tree: ast.Module) -> dict[str, Any]:
    main = _find_main(tree)
    scope = Scope(tree)
    uses = Uses(tree)
    return {
        'valid': True,
        'input_schema': input_schema(scope, main),
        'output_schema': output_schema(scope, main),
        'description': docstring.summary(ast.get_docstring(main))
        or docstring.summary(ast.get_docstring(tree)),
        'imports': sorted(uses.imports),
        'uses': uses.told(),
    }


def _find_main(tree: ast.Module) -> Function:
    """The last top-level `def main`: the one that is left when the module has run."""
    found = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == 'main'
    ]
    if not found:
        raise BadSignature('there is no top-level function `main`', 1)
    return found[-1]


def _invalid(message: str, line: int | None) -> dict[str, Any]:
    return {'valid': False, 'message': message, 'line': line or None}
