# SPDX-License-Identifier: Apache-2.0
"""Two handlers of Python's `logging` for Splunk: hec.py URL COUNT [--client NAME] …

splunk-hec-handler cannot be told a path, so its records go to the default stream. See account.py.
"""

import contextlib
import io
import logging

from account import Account


def main():
    account = Account(
        ("--client", ["splunk-handler", "splunk-hec-handler"]), ("--endpoint", ["event", "raw"]))
    if account.options.client == "splunk-handler":
        splunk_handler(account)
    else:
        splunk_hec_handler(account)
    account.end()


def logger_with(handler):
    logger = logging.getLogger("shop.till")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    return logger


def splunk_handler(account):
    """Events without anything between them, resent after 0, 4, 8, 16 and 32 seconds."""
    from splunk_handler import SplunkHandler

    with contextlib.redirect_stdout(io.StringIO()):
        handler = SplunkHandler(
            host="", port=0, token=account.options.token or "none", index="main", protocol="http",
            hostname="till-1", source="shop", sourcetype="text", flush_interval=60,
            url=f"{account.base}/services/collector/event")
    logger = logger_with(handler)
    post = handler.session.post

    def noted(url, data, **rest):
        answers.append(post(url, data=data, **rest))
        return answers[-1]

    handler.session.post = noted
    for batch in account.batches():
        answers, said = [], io.StringIO()
        for name in batch:
            account.expect(name, {
                "message": f"Grüße {name}", "host": "till-1", "source": "shop",
                "sourcetype": "text", "index": "main"})
            logger.info("Grüße %s", name)
        with contextlib.redirect_stdout(said):
            handler.force_flush()
        if answers and answers[0].ok:
            account.accept(batch)
        else:
            lines = said.getvalue().splitlines()
            account.fail(batch, lines[0] if lines else "nothing")
    with contextlib.redirect_stdout(io.StringIO()):
        handler.close()


def splunk_hec_handler(account):
    """A request for each record; a failure is raised to the caller of the logger."""
    from splunk_hec_handler import SplunkHecHandler

    handler = SplunkHecHandler(
        account.url.hostname, account.options.token or "none", port=account.url.port,
        proto="http", source="shop", sourcetype="_json", hostname="till-1",
        endpoint=account.options.endpoint)
    logger = logger_with(handler)
    for name in account.ids():
        event = {"log_level": "INFO", "id": name, "n": [1, 2.5, None]}
        if account.options.endpoint == "event":
            account.expect(name, {
                "host": "till-1", "source": "shop", "sourcetype": "_json",
                # The handler sorts the members.
                "event": {key: event[key] for key in sorted(event)},
                "fields": {"colour": "red"}})
        try:
            logger.info({"id": name, "n": [1, 2.5, None], "fields": {"colour": "red"}})
            account.accept([name])
        except Exception as error:
            account.fail([name], error)


main()
