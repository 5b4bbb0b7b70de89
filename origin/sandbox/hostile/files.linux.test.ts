import { describe, expect, it } from 'vitest'
import { attack, BARRED, unbarred } from '../testing/attack.ts'
import { fileCanary } from '../testing/canaries.ts'
import { python } from '../testing/programs.ts'
import { formableLevels, sandboxAt } from '../testing/sandbox.ts'

const OUR_OWN_CODE = new URL('../main.ts', import.meta.url).pathname

describe.each(formableLevels)('files at %s', { concurrent: true }, (level) => {
  const sandbox = sandboxAt(level)

  it('read the host', async () => {
    await using canary = await fileCanary()
    expect(
      await unbarred(sandbox, 'import os, socket', {
        'the password file': "open('/etc/passwd').read()",
        'the host name': "open('/etc/hostname').read()",
        'the environment of itself': "open('/proc/self/environ').read()",
        'the environment of another': "open('/proc/1/environ').read()",
        'the memory map': "open('/proc/self/maps').read()",
        'the root through /proc': "open('/proc/self/root/etc/passwd').read()",
        'the kernel’s settings': "open('/sys/kernel/mm/transparent_hugepage/enabled').read()",
        'a path upwards': "open('../../../../etc/passwd').read()",
        'a path upwards from a known folder':
          "open(os.path.dirname(os.__file__) + '/../../../etc/passwd').read()",
        'the sandbox itself': `open('${OUR_OWN_CODE}').read()`,
        'a file that everybody may read': `open('${canary.path}').read()`,
        'shared memory': "os.listdir('/dev/shm')",
        'the root folder': "os.listdir('/')",
        'the home folders': "os.listdir('/home')",
        'the folder of a file that everybody may read': `os.listdir('${canary.folder}')`,
        'a disk': "open('/dev/vda', 'rb')",
        'the terminal': "open('/dev/tty')",
      }),
    ).toEqual([])
  })

  it('change a file of the host that everybody may change', async () => {
    await using canary = await fileCanary()
    const before = await canary.state()
    expect(
      await unbarred(sandbox, `import os\npath = '${canary.path}'`, {
        write: "open(path, 'w').write('x')",
        append: "open(path, 'a').write('x')",
        'truncate by name': 'os.truncate(path, 0)',
        'truncate by reading': 'os.open(path, os.O_RDONLY | os.O_TRUNC)',
        delete: 'os.remove(path)',
        rename: "os.rename(path, path + '2')",
        'rename over': "os.rename('/tmp', path)",
        'create beside': "open(path + '2', 'w')",
        'change the mode': 'os.chmod(path, 0)',
        'change the times': 'os.utime(path, (0, 0))',
        'change the owner': 'os.chown(path, os.getuid(), os.getgid())',
        'set an attribute': "os.setxattr(path, 'user.x', b'x')",
        link: "os.link(path, '/tmp/link'); open('/tmp/link').read()",
        'link by name': "os.symlink(path, '/tmp/symlink'); open('/tmp/symlink').read()",
      }),
    ).toEqual([])
    expect(await canary.state()).toBe(before)
  })

  it('change the standard library', async () => {
    expect(
      await unbarred(sandbox, 'import os, json', {
        append: "open(json.__file__, 'a').write('#')",
        'add a file': "open(os.path.dirname(json.__file__) + '/x.py', 'w')",
        delete: 'os.remove(json.__file__)',
        'change the mode': 'os.chmod(json.__file__, 0)',
        'change the mode of an open file': 'os.fchmod(os.open(json.__file__, os.O_RDONLY), 0)',
      }),
    ).toEqual([])
  })

  it('make things that are no files', async () => {
    expect(
      await unbarred(sandbox, 'import os, stat, socket', {
        'a device': "os.mknod('/tmp/x', 0o600 | stat.S_IFCHR, os.makedev(1, 1))",
        'a pipe': "os.mkfifo('/tmp/x')",
        'a socket': "os.mknod('/tmp/x', 0o600 | stat.S_IFSOCK)",
      }),
    ).toEqual([])
  })

  it('find anything in the environment', async () => {
    const code = 'import os, sys\ndef main(): return [*os.environ, *sys.argv[1:]]'
    expect(await attack(sandbox, code)).toMatchObject({ kind: 'ok', value: [] })
  })

  it('find descriptors besides its own: four, and the three of its event loop', async () => {
    const code = python`
      import os
      def is_open(number):
          try:
              return bool(os.fstat(number))
          except OSError:
              return False
      def main(): return [number for number in range(1024) if is_open(number)]
    `
    expect(await attack(sandbox, code)).toMatchObject({ kind: 'ok', value: [0, 1, 2, 3, 4, 5, 6] })
  })

  it('leave a file for the next call', async () => {
    const leave = "def main():\n  with open('/tmp/left', 'w') as file: file.write('x')"
    expect(await attack(sandbox, leave)).toMatchObject(level < 'S3' ? BARRED : { kind: 'ok' })
    const find = "def main(): return open('/tmp/left').read()"
    expect(await attack(sandbox, find)).toMatchObject(BARRED)
  })
})
