# SPDX-License-Identifier: Apache-2.0
"""Logs through the standard library's `logging.handlers.HTTPHandler`: http_handler.py PORT METHOD"""
import logging
import logging.handlers
import sys

port, method = sys.argv[1:3]
handler = logging.handlers.HTTPHandler(f"127.0.0.1:{port}", "/log", method=method)
# What goes wrong in emit() would only be printed.
handler.handleError = lambda record: sys.exit(f"not sent: {sys.exc_info()[1]!r}")
logger = logging.getLogger("shop.till")
logger.setLevel(logging.INFO)
logger.addHandler(handler)
logger.info("paid %d € at %s", 42, "till & co = 7")
logger.error("a line\nand another")
