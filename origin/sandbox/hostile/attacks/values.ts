import { alike, type Family } from './attack.ts'

const program = (body: string) =>
  `import os, sys\ndef main(path, folder, pid):\n${body.replace(/^/gm, '    ')}\n`

/** Answers that lie about themselves, to the runner that writes them down and to whoever reads them. */
export const values: Family = {
  ...alike(
    {
      'a mapping without end':
        'class Endless(dict):\n    def items(self):\n        while True: yield "a", 1\nreturn Endless(a=1)',
      'a text that takes for ever to write':
        'class Slow:\n    def __str__(self):\n        while True: pass\n    __repr__ = __str__\nraise Exception(Slow())',
      'a comparison that never ends':
        'class Never:\n    def __eq__(self, other):\n        while True: pass\n    __hash__ = None\nreturn Never() == 1',
    },
    program,
    ['timed_out', 'value {"a":1}'],
  ),
  ...alike(
    {
      'a list that holds itself': 'value = []\nvalue.append(value)\nreturn value',
      'a list too deep to write':
        'value = []\nfor _ in range(100_000): value = [value]\nreturn value',
      'an object that says it is a number': 'class Liar:\n    __class__ = int\nreturn Liar()',
      'a number that is none': 'return float("nan")',
      'a key that is no text': 'return {(1, 2): 3}',
      'bytes that are no text': 'return b"\\xff\\xfe"',
      'an error that is raised while it is described':
        'class Bad(Exception):\n    def __str__(self): raise self\n    __repr__ = __str__\nraise Bad()',
      'an error whose cause is itself':
        'error = ValueError("a")\nerror.__cause__ = error\nraise error',
      'an exit': 'sys.exit(0)',
      'an interrupt': 'raise KeyboardInterrupt',
      'the end of a generator that is not one': 'raise StopIteration("x")',
    },
    program,
    [
      'failed NotJson',
      'failed RecursionError',
      'failed ValueError',
      'failed Bad',
      'failed SystemExit',
      'failed KeyboardInterrupt',
      'failed StopIteration',
      'failed TypeError',
      'result_too_large',
    ],
  ),
}
