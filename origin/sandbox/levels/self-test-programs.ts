/** Tries one forbidden thing after the other and says of each whether the kernel refused it. */
export const TRIES = `
import ctypes, os, socket

def main(path: str, folder: str, tcp: int, udp: int, by_path: str, abstract: str, pid: int):
    def fork():
        if os.fork() == 0:
            os._exit(0)
    def exhaust():
        held = []
        try:
            for _ in range(1000):
                held.extend(os.pipe())
        finally:
            for descriptor in held:
                os.close(descriptor)
    def environment():
        if not os.environ:
            raise PermissionError('it is empty')
    def leave():
        try:
            open('/tmp/left-behind', 'w').close()
        except PermissionError:
            pass
    tries = {
        'read a file': lambda: open(path).read(),
        'write a file': lambda: open(path, 'w'),
        'change the mode of a file': lambda: os.chmod(path, 0),
        'list a folder': lambda: os.listdir(folder),
        'find an environment': environment,
        'look into /proc': lambda: open('/proc/self/environ').read(),
        'reach a TCP server': lambda: socket.create_connection(('127.0.0.1', tcp), 2),
        'reach a UDP server': lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', udp)),
        'reach a unix socket': lambda: socket.socket(socket.AF_UNIX).connect(by_path),
        'reach an abstract socket': lambda: socket.socket(socket.AF_UNIX).connect('\\0' + abstract),
        'fork': fork,
        'become another program': lambda: os.execv('/bin/true', ['true']),
        'signal a process of the host': lambda: os.kill(pid, 0),
        'signal its parent': lambda: os.kill(os.getppid() or 1, 0),
        'exceed its memory': lambda: bytearray(10**9),
        'exceed its descriptors': exhaust,
    }
    seen = {}
    for name, attempt in tries.items():
        try:
            attempt()
            seen[name] = 'it worked'
        except (OSError, MemoryError):
            seen[name] = 'refused'
        except BaseException as error:
            seen[name] = f'{type(error).__name__}: {error}'
    leave()
    return seen
`

/** Ends in its own death where it is refused. */
export const PTRACE = `
import ctypes
def main(pid: int):
    PTRACE_ATTACH = 16
    return ctypes.CDLL(None).ptrace(PTRACE_ATTACH, pid, 0, 0)
`

/** Looks for what the first program left, and for a secret that it had, given in two halves. */
export const LEFTOVERS = `
import gc, os
def main(first: str, second: str):
    secret = first + second
    holders = [
        thing for thing in gc.get_objects()
        if isinstance(thing, dict) and secret in [v for v in thing.values() if isinstance(v, str)]
    ]
    return {
        'find a file of another call': 'it is there' if os.access('/tmp/left-behind', os.F_OK) else 'refused',
        'find a secret of another call': 'it is there' if holders else 'refused',
    }
`
