"""What a tool's text tells without running it (contract/sandbox.ts, Analysis)."""

import ast
import warnings
from typing import Any

from inside.analysis import docstring
from inside.analysis.annotation import TooLarge
from inside.analysis.scope import Scope
from inside.analysis.signature import BadSignature, Function, input_schema, output_schema
from inside.tool.failure import TOOL_FILE
from inside.tool.modules import DEFAULT_MODULES, is_allowed


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
    return {
        'valid': True,
        'input_schema': input_schema(scope, main),
        'output_schema': output_schema(scope, main),
        'description': docstring.summary(ast.get_docstring(main))
        or docstring.summary(ast.get_docstring(tree)),
        'imports': sorted(_imports(tree)),
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


def _imports(tree: ast.Module) -> set[str]:
    """Import names as written; `from a import b` counts as `a.b` where only that is usual."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module is not None:
            names.update(_imported_from(node.module, [alias.name for alias in node.names]))
    return names


def _imported_from(module: str, items: list[str]) -> list[str]:
    beneath = [f'{module}.{item}' for item in items]
    usual = DEFAULT_MODULES.issuperset(beneath) and not is_allowed(module, DEFAULT_MODULES)
    return beneath if usual else [module]


def _invalid(message: str, line: int | None) -> dict[str, Any]:
    return {'valid': False, 'message': message, 'line': line or None}
