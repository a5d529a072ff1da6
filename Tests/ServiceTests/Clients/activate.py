# SPDX-License-Identifier: Apache-2.0
"""Opens sockets as systemd does, keeps them open, and becomes a program that inherits them.

    activate.py KIND ADDRESS... -- COMMAND...

KIND is stream or datagram; an ADDRESS is a port of 127.0.0.1 or a path. Only stream sockets are kept open, by a process of
the group of the program that whoever started it is to end.
"""
import os
import signal
import socket
import sys


def opened(kind, address):
    family = socket.AF_UNIX if address.startswith("/") else socket.AF_INET
    it = socket.socket(family, socket.SOCK_STREAM if kind == "stream" else socket.SOCK_DGRAM)
    if family == socket.AF_INET:
        it.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    it.bind(address if family == socket.AF_UNIX else ("127.0.0.1", int(address)))
    if kind == "stream":
        it.listen(64)
    return it


def keep(sockets):
    # Not a child of the program, which would wait for it, and without what the tests wait for.
    if os.fork() == 0:
        if os.fork() == 0:
            os.closerange(0, 3)
            os.closerange(3 + len(sockets), 1024)
            signal.pause()
        os._exit(0)
    os.wait()


def main():
    end = sys.argv.index("--")
    sockets = [opened(sys.argv[1], address) for address in sys.argv[2:end]]
    if sys.argv[1] == "stream":
        keep(sockets)
    for number, it in enumerate(sockets, 3):
        assert it.fileno() == number
        os.set_inheritable(number, True)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(sockets)))
    os.execv(sys.argv[end + 1], sys.argv[end + 1 :])


main()
