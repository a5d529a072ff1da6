# SPDX-License-Identifier: Apache-2.0
"""Two handlers of Python's `logging` for Loki: loki.py URL COUNT [--client NAME] …

`python-logging-loki-0` sends the old form of JSON, which is its default. See account.py.
"""

import json
import logging
import sys
import threading

from account import Absent, Account


def main():
    account = Account(
        ("--client", ["python-logging-loki", "python-logging-loki-0", "loki-logger-handler"]),
        codings=["none", "gzip"])
    if account.options.client == "loki-logger-handler":
        loki_logger_handler(account)
    else:
        python_logging_loki(account, account.options.client[-1] == "0")
    account.end()


def logger_with(handler):
    logger = logging.getLogger("shop.till")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    return logger


def python_logging_loki(account, is_old):
    import logging_loki

    failures = []

    class Handler(logging_loki.LokiHandler):
        def handleError(self, record):
            failures.append(sys.exc_info()[1])
            self.emitter.close()

    token = account.options.token
    handler = Handler(
        url=f"{account.base}/loki/api/v1/push", tags={"app": "till", "zone": "a\"b"},
        auth=("all", token) if token else None, version="0" if is_old else "1")
    logger = logger_with(handler)
    for name in account.ids():
        labels = {"app": "till", "zone": "a\"b", "severity": "info", "logger": "shop.till"}
        account.expect(name, {
            "message": f"Grüße {{\"id\": \"{name}\"}}", "labels": labels, "metadata": Absent})
        failures.clear()
        logger.info("Grüße {\"id\": \"%s\"}", name)
        if failures:
            account.fail([name], failures[0])
        else:
            account.accept([name])


def loki_logger_handler(account):
    from loki_logger_handler.loki_logger_handler import LokiLoggerHandler

    token = account.options.token
    handler = LokiLoggerHandler(
        url=f"{account.base}/loki/api/v1/push", labels={"app": "till"}, label_keys=["level"],
        additional_headers={"Authorization": f"Bearer {token}"} if token else {},
        compressed=account.options.coding == "gzip", timeout=0.2,
        enable_structured_loki_metadata=True, loki_metadata={"run": account.name})
    outcome = {}
    send, lock = handler.request.send, threading.Lock()

    def noted(data):
        ids = [value[1] for stream in json.loads(data)["streams"] for value in stream["values"]]
        ids = [json.loads(line)["message"].split()[-1] for line in ids]
        try:
            send(data)
            error = None
        except Exception as problem:
            error = problem
            raise
        finally:
            with lock:
                outcome.update({name: error for name in ids})

    handler.request.send = noted
    logger = logger_with(handler)
    for batch in account.batches():
        for name in batch:
            account.expect(name, {"labels": {"app": "till", "level": "INFO"}})
            logger.info("Grüße %s", name)
    for _ in range(300):
        if len(outcome) == len(account.sent):
            break
        handler.flush_event.set()
        threading.Event().wait(0.1)
    for name, error in outcome.items():
        if error is None:
            account.accept([name])
        else:
            account.fail([name], error)


main()
