# SPDX-License-Identifier: Apache-2.0
"""The obvious implementation: WSGI in front of Python's own rotating handler.

Its rollover is CPython's with the usual patch for several processes: if the rotated file exists
already, a process only opens the new one.
"""

import logging
import logging.handlers
import os
import time


class Handler(logging.handlers.TimedRotatingFileHandler):
    def doRollover(self):
        now = int(time.time())
        start = time.localtime(self.rolloverAt - self.interval)
        rotated = self.rotation_filename(self.baseFilename + "." + time.strftime(self.suffix, start))
        self.stream.close()
        if not os.path.exists(rotated):
            try:
                os.rename(self.baseFilename, rotated)
            except FileNotFoundError:
                pass
        for path in self.getFilesToDelete() if self.backupCount else []:
            os.remove(path)
        self.stream = self._open()
        self.rolloverAt = self.computeRollover(now)


log = logging.getLogger("app")
log.setLevel(logging.INFO)
log.propagate = False
log.addHandler(Handler(os.path.join(os.environ["LOGS"], "app.log"), when="midnight", backupCount=14))


def application(environment, start_response):
    body = environment["wsgi.input"].read(int(environment.get("CONTENT_LENGTH") or 0))
    for line in body.decode().splitlines():
        log.info(line)
    start_response("204 No Content", [])
    return []
