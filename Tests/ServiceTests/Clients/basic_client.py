# SPDX-License-Identifier: Apache-2.0
"""Sends a record by each of Python's ways to say a name and a password: basic_client.py PORT NAME SECRET

Prints the statuses.
"""
import json
import logging
import logging.handlers
import sys
import urllib.error
import urllib.request

import requests

port, name, secret = sys.argv[1:4]
url = f"http://127.0.0.1:{port}/logs"


def by_requests():
    return requests.post(url, json={"from": "requests"}, auth=(name, secret)).status_code


def by_urllib():
    """It asks without them, and sends them once it is told to."""
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, url, name, secret)
    opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
    try:
        with opener.open(url, b'{"from":"urllib"}') as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def by_logging():
    """HTTPHandler passes over what it is answered."""
    handler = logging.handlers.HTTPHandler(
        f"127.0.0.1:{port}", "/log", method="POST", credentials=(name, secret)
    )
    handler.mapLogRecord = lambda record: {"from": "logging"}
    handler.handleError = lambda record: sys.exit(f"not sent: {sys.exc_info()[1]!r}")
    handler.emit(logging.makeLogRecord({}))


statuses = [by_requests(), by_urllib()]
by_logging()
print(json.dumps(statuses))
