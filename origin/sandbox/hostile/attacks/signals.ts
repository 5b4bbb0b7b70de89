import { alike, type Family } from './attack.ts'

const program = (body: string) =>
  `import os, signal, threading, time\ndef main(path, folder, pid):\n${body.replace(/^/gm, '    ')}\n`

export const signals: Family = {
  ...alike(
    {
      'stop itself': 'os.kill(os.getpid(), signal.SIGSTOP)',
      'stop itself by raising': 'signal.raise_signal(signal.SIGSTOP)',
      'stop its thread': 'signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)',
      'stop everybody': 'os.kill(-1, signal.SIGSTOP)',
      'stop its group': 'os.killpg(0, signal.SIGSTOP)',
      'kill a process of the host': 'os.kill(pid, signal.SIGKILL)',
      'have another signalled when its channel moves':
        'import fcntl\nfcntl.fcntl(3, fcntl.F_SETOWN, pid)',
      'choose that signal': 'import fcntl\nfcntl.fcntl(3, 10, signal.SIGKILL)',
    },
    program,
    ['barred'],
  ),
  ...alike(
    {
      'hold on with every signal blocked':
        'signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass',
      'hold on with every signal ignored':
        'for number in {*range(1, 32)} - {9, 19}: signal.signal(number, signal.SIG_IGN)\nwhile True: pass',
      'hold on with every thread asleep':
        'for _ in range(50): threading.Thread(target=time.sleep, args=(600,)).start()\ntime.sleep(600)',
      'wait for a signal that never comes': 'signal.pause()',
      'hold on inside a handler':
        'def hold(*seen):\n    while True: pass\nsignal.signal(signal.SIGALRM, hold)\nsignal.setitimer(signal.ITIMER_REAL, 0.001)\ntime.sleep(600)',
    },
    program,
    ['timed_out'],
  ),
  ...alike(
    {
      'die of an alarm': 'signal.setitimer(signal.ITIMER_REAL, 0.001)\ntime.sleep(600)',
      'have signal numbers written to its channel':
        'import socket\nos.set_blocking(3, False)\nsignal.signal(signal.SIGALRM, lambda *seen: None)\nsignal.set_wakeup_fd(3)\nsignal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)\nwhile True: time.sleep(1)',
    },
    program,
    ['crashed', 'result_too_large', 'timed_out'],
  ),
}
