# SPDX-License-Identifier: Apache-2.0
"""A writer with the rollover that Cordwood set out to mend.

seed_writer.py PATH NAME SECONDS PAUSE SCALE

Python's TimedRotatingFileHandler with one change that is often recommended for several
processes: a rotated file that is there is not removed, and only the base file is opened anew; a
base file that is gone is no error. SCALE seconds pass in one second, so that a slot of a second
takes 1/SCALE. Prints the id of each record that the handler took.
"""

import logging
import logging.handlers
import os
import sys
import time


class ScaledTime:
    """What logging.handlers uses of `time`, faster."""

    gmtime, localtime, mktime = time.gmtime, time.localtime, time.mktime
    strftime = time.strftime

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def time(self) -> float:
        return time.time() * self.scale


class MultiProcessTimedRotatingFileHandler(logging.handlers.TimedRotatingFileHandler):
    def doRollover(self) -> None:
        if self.stream:
            self.stream.close()
            self.stream = None
        now = int(logging.handlers.time.time())
        start = time.gmtime(self.rolloverAt - self.interval)
        rotated = f"{self.baseFilename}.{time.strftime(self.suffix, start)}"
        if not os.path.exists(rotated):
            try:
                os.rename(self.baseFilename, rotated)
            except FileNotFoundError:
                pass
        self.stream = self._open()
        self.rolloverAt = self.computeRollover(now)
        while self.rolloverAt <= now:
            self.rolloverAt += self.interval

    def handleError(self, record: logging.LogRecord) -> None:
        raise  # What fails is not acknowledged.


def main() -> None:
    path, name, seconds, pause, scale = sys.argv[1:]
    logging.handlers.time = ScaledTime(float(scale))
    handler = MultiProcessTimedRotatingFileHandler(path, when="S", utc=True)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger("seed")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    deadline = time.monotonic() + float(seconds)
    number = 0
    while time.monotonic() < deadline:
        try:
            logger.info('{"id":"%s-%d","filler":"%s"}', name, number, "x" * 100)
            print(f"+ {name}-{number}")
        except OSError as error:
            print(f"? {name}-{number} {error}")
        number += 1
        time.sleep(float(pause))


if __name__ == "__main__":
    main()
