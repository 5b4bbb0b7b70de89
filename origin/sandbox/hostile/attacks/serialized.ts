import { alike, type Family } from './attack.ts'

const program = (body: string) =>
  `import marshal, os, pickle, types\ndef main(path, folder, pid):\n${body.replace(/^/gm, '    ')}\n`

/** Code that comes as data, and the interpreter driven past its own rules. */
export const serialized: Family = {
  ...alike(
    {
      'a pickle that opens a file':
        "return pickle.loads(b'cio\\nopen\\n(V' + path.encode() + b'\\ntR.').read()",
      'a pickle that forks': "return pickle.loads(b'cos\\nfork\\n(tR.')",
      'a pickle that becomes a program':
        "return pickle.loads(b'cos\\nexecv\\n(V/bin/true\\n(Vtrue\\nltR.')",
      'an object that reduces to a call':
        'class Call:\n    def __reduce__(self): return os.listdir, (folder,)\nreturn pickle.loads(pickle.dumps(Call()))',
      'marshalled code':
        "code = marshal.dumps(compile('found = open(path).read()', 'x', 'exec'))\nspace = {'path': path}\nexec(marshal.loads(code), space)\nreturn space['found']",
      'code in a text of another encoding':
        "source = '# coding: latin-1\\nfound = open(path).read()'.encode()\nspace = {'path': path}\nexec(source, space)\nreturn space['found']",
      'code by way of the C interface':
        "import ctypes\nspace = {'path': path}\nrun = ctypes.pythonapi.PyRun_String\nrun.restype = ctypes.py_object\nrun.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.py_object, ctypes.py_object]\nreturn run(b'open(path).read()', 258, space, space)",
    },
    program,
    ['barred'],
  ),
  ...alike(
    {
      'marshalled nonsense': "return marshal.loads(b'c' + b'\\xff' * 200)",
      'bytecode that reads past its constants':
        "harmless = (lambda: 1).__code__\nextended = bytes([144, 255]) * 3\nbad = extended + bytes([100, 255]) + harmless.co_code\nreturn types.FunctionType(harmless.replace(co_code=bad), {})() and 'it worked'",
      'memory at an address of its own making': 'import ctypes\nreturn ctypes.string_at(1)',
      'memory that it must not write':
        'import ctypes\nctypes.memset(ctypes.cast(ctypes.pythonapi.Py_Initialize, ctypes.c_void_p).value, 0, 1)',
    },
    program,
    ['crashed', 'failed ValueError', 'failed EOFError', 'failed TypeError', 'failed SystemError'],
  ),
}
