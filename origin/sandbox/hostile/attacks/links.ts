import { alike, type Family } from './attack.ts'

const program = (body: string) =>
  `import os, shutil, tempfile\ndef main(path, folder, pid):\n${body.replace(/^/gm, '    ')}\n`

/** Paths that mean something else than they say. */
export const links: Family = alike(
  {
    'a link to a file': "os.symlink(path, '/tmp/a')\nreturn open('/tmp/a').read()",
    'a link to a folder': "os.symlink(folder, '/tmp/a')\nreturn os.listdir('/tmp/a')",
    'a link to the root': "os.symlink('/', '/tmp/a')\nreturn open('/tmp/a' + path).read()",
    'a link by way of its own folder':
      "os.symlink('..' + path, '/tmp/a')\nreturn open('/tmp/a').read()",
    'a link without end': "os.symlink('/tmp/a', '/tmp/a')\nreturn open('/tmp/a').read()",
    'a hard link to a file': "os.link(path, '/tmp/a')\nreturn open('/tmp/a').read()",
    'a link to what /proc shows':
      "os.symlink('/proc/self/root', '/tmp/a')\nreturn os.listdir('/tmp/a')",
    'a folder as a place to start from':
      "start = os.open('/', os.O_RDONLY | os.O_DIRECTORY)\nreturn open(os.open(path[1:], 0, dir_fd=start)).read()",
    'a path of a folder, kept open': 'start = os.open(folder, os.O_PATH)\nreturn os.listdir(start)',
    'a known folder and many steps up':
      "start = os.open(os.path.dirname(os.__file__), os.O_RDONLY)\nreturn os.open('../' * 30 + path, 0, dir_fd=start)",
    'a working folder above all': "os.chdir('/')\nos.chdir('..')\nreturn open(path[1:]).read()",
    'a root of its own, to leave it': "os.mkdir('/tmp/a')\nos.chroot('/tmp/a')",
    'a name that is moved while it is used': "os.rename(folder, '/tmp/a')",
    'a whole tree, copied': "return shutil.copytree(folder, '/tmp/a')",
    'a whole tree, removed': 'return shutil.rmtree(folder)',
  },
  program,
  ['barred', 'forbidden_call'],
)
