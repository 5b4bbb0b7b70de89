import { python } from '../../testing/programs.ts'
import { alike, type Family } from './attack.ts'

/**
 * Ways around the import statement, as they are published for every Python jail. Each ends with
 * `os` in its hands, which no manifest names, and then learns what that is worth.
 */
const WAYS_TO_OS = {
  'by the subclasses of object': python`
    os = next(c.__init__.__globals__['sys'].modules['os'] for c in object.__subclasses__()
              if 'sys' in getattr(c.__init__, '__globals__', {}))
  `,
  'by the loader of built-in modules': python`
    [loader] = [c for c in object.__subclasses__() if c.__name__ == 'BuiltinImporter']
    os = loader.load_module('posix')
  `,
  'by a module that an allowed one holds': 'import logging; os = logging.os',
  'by the same, spelled in another alphabet': 'import logging; os = logging.ｏｓ',
  'by the table of modules': "import warnings; os = warnings.sys.modules['os']",
  'by the frame of a generator': python`
    def look(): yield generator.gi_frame.f_back
    generator = look()
    frame = next(generator)
    while 'os' not in frame.f_globals: frame = frame.f_back
    os = frame.f_globals['os']
  `,
  'by the frame of a coroutine': python`
    async def look(): return coroutine.cr_frame.f_back
    coroutine = look()
    try: coroutine.send(None)
    except StopIteration as stop: frame = stop.value
    while 'os' not in frame.f_globals: frame = frame.f_back
    os = frame.f_globals['os']
  `,
  'by the frame of a traceback': python`
    try: 1 / 0
    except ZeroDivisionError as error: frame = error.__traceback__.tb_frame
    while 'os' not in frame.f_globals: frame = frame.f_back
    os = frame.f_globals['os']
  `,
  'by the stack, as inspect shows it': python`
    import inspect
    os = next(info.frame.f_globals['os'] for info in inspect.stack(0) if 'os' in info.frame.f_globals)
  `,
  'by the globals of the guard':
    "os = __builtins__['__import__'].__func__.__globals__['_import']('os')",
  'by making the guard’s list longer': python`
    __builtins__['__import__'].__self__._allowed = frozenset(['os'])
    import os
  `,
  'by a function without the guard’s builtins': python`
    import types
    space = {}
    types.FunctionType(compile('import os', 'x', 'exec'), space)()
    os = space['os']
  `,
  'by a code object with other names in it': python`
    import logging, types
    harmless = compile('found = logging.re', 'x', 'exec')
    space = {'logging': logging}
    types.FunctionType(harmless.replace(co_names=('logging', 'os', 'found')), space)()
    os = space['found']
  `,
  'by what the collector knows of a module': python`
    import logging
    gc = logging.sys.modules['gc']
    os = next(it for it in gc.get_referents(vars(logging)) if getattr(it, '__name__', '') == 'os')
  `,
  'by a profiler in the frames of the runner': python`
    import logging
    frames = []
    logging.sys.setprofile(lambda frame, event, value: frames.append(frame.f_back))
    len(frames)
    logging.sys.setprofile(None)
    frame = frames[0]
    while 'os' not in frame.f_globals: frame = frame.f_back
    os = frame.f_globals['os']
  `,
  'by an audit hook that keeps what it is shown': python`
    import logging
    shown = []
    logging.sys.addaudithook(lambda event, values: shown.extend(values))
    logging.sys._getframe()
    frame = next(value for value in shown if hasattr(value, 'f_globals'))
    while 'os' not in frame.f_globals: frame = frame.f_back
    os = frame.f_globals['os']
  `,
  'by the object that an error carries': python`
    import logging
    try: logging.nothing
    except AttributeError as error: os = error.obj.os
  `,
  'by a name that was put in place of an allowed one': python`
    import logging
    logging.sys.modules['json'] = logging.sys.modules['os']
    import json
    os = json
  `,
}

const LISTS = 'os.listdir(folder)'
const READS = 'os.read(os.open(path, os.O_RDONLY), 10)'

function escape(way: string, loot: string): string {
  const indented = way.trimEnd().replace(/^/gm, '    ')
  return `def main(path, folder, pid):\n${indented}\n    return ${loot}\n`
}

export const escapes: Family = {
  ...alike(WAYS_TO_OS, (way) => escape(way, READS), ['barred']),
  'by the subclasses of object, to list a folder': {
    code: escape(WAYS_TO_OS['by the subclasses of object'], LISTS),
    ends: ['barred'],
  },
}
