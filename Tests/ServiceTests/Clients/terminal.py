# SPDX-License-Identifier: Apache-2.0
"""Runs a program on a terminal of its own and says what it did to it.

    terminal.py KEYS PROGRAM ARGUMENTS...

Sends KEYS ("^C" is Ctrl-C, "TERM" the signal) once something has been drawn twice. Prints a JSON
object: what was drawn, the exit status, and whether the terminal is as it was before.
"""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

keys, program = sys.argv[1], sys.argv[2:]
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
before = termios.tcgetattr(slave)
child = os.fork()
if child == 0:
    os.close(master)
    os.login_tty(slave) if hasattr(os, "login_tty") else None
    if not hasattr(os, "login_tty"):
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for number in range(3):
            os.dup2(slave, number)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.execv(program[0], program)

drawn, asked, status = b"", False, None
deadline = time.monotonic() + 60
while time.monotonic() < deadline:
    if select.select([master], [], [], 0.1)[0]:
        drawn += os.read(master, 1 << 16)
    if not asked and drawn.count(b"\x1b[H") >= 2:
        asked = True
        if keys == "TERM":
            os.kill(child, signal.SIGTERM)
        else:
            os.write(master, b"\x03" if keys == "^C" else keys.encode())
    ended, result = os.waitpid(child, os.WNOHANG)
    if ended:
        status = os.waitstatus_to_exitcode(result)
        break
if status is None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
while select.select([master], [], [], 0)[0]:
    drawn += os.read(master, 1 << 16)
print(json.dumps({
    "drawn": drawn.decode("utf-8", "replace"),
    "status": -999 if status is None else status,
    "isRestored": termios.tcgetattr(slave) == before,
}))
