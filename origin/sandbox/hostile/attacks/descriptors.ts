import { alike, type Family } from './attack.ts'

const program = (body: string) =>
  `import fcntl, os, socket, stat\ndef main(path, folder, pid):\n${body.replace(/^/gm, '    ')}\n    return 'mine'\n`

export const descriptors: Family = {
  ...alike(
    {
      'open its own by name': "open('/proc/self/fd/3')",
      'open its own by device': "open('/dev/fd/3')",
      'open the terminal': "open('/dev/tty')",
      'send one away': "socket.send_fds(socket.socketpair()[0], [b'x'], [3])",
      'receive one': 'a, b = socket.socketpair()\na.send(b"x")\nsocket.recv_fds(b, 1, 1)',
      'lend one': 'fcntl.fcntl(os.open(os.__file__, 0), fcntl.F_SETLEASE, fcntl.F_RDLCK)',
      'be told of changes in a folder':
        'fcntl.fcntl(os.open(os.path.dirname(os.__file__), 0), fcntl.F_NOTIFY, 1)',
      'make a pipe of gigabytes': 'fcntl.fcntl(os.pipe()[1], 1031, 1 << 30)',
      'give its channel away': 'os.fchown(3, 0, 0)',
      'listen on its channel': 'socket.socket(fileno=os.dup(3)).listen()',
      'connect its channel elsewhere': 'socket.socket(fileno=os.dup(3)).connect(path)',
      'learn who is at the other end of its channel, and reach it':
        "pid, uid, gid = __import__('struct').unpack('3i', socket.socket(fileno=os.dup(3)).getsockopt(1, 17, 12))\nos.kill(pid, 9)",
    },
    program,
    ['barred'],
  ),
  ...alike(
    {
      'close all but its channel': 'os.closerange(4, 64)\nos.close(0)',
      'put its print where its channel was and back':
        'spare = os.dup(3)\nos.dup2(1, 3)\nos.dup2(spare, 3)',
      'end what it prints': 'socket.socket(fileno=os.dup(1)).shutdown(socket.SHUT_RDWR)',
    },
    program,
    ['value "mine"'],
  ),
  ...alike(
    {
      'close its channel': 'os.close(3)',
      'end its channel': 'socket.socket(fileno=os.dup(3)).shutdown(socket.SHUT_RDWR)',
      'put its print where its channel was': 'os.dup2(1, 3)',
    },
    program,
    ['crashed'],
  ),
}
