# SPDX-License-Identifier: Apache-2.0
"""Two handlers of Python's `logging` for Graylog: gelf.py URL COUNT [--client pygelf|graypy] …

Neither reads the answer, nor can send a token. See account.py.
"""

import logging

from account import Account


def main():
    account = Account(("--client", ["pygelf", "graypy"]), codings=["none", "zlib"])
    settings = {"host": account.url.hostname, "port": account.url.port,
                "compress": account.options.coding == "zlib", "path": f"{account.prefix}/gelf"}
    if account.options.client == "pygelf":
        from pygelf import GelfHttpHandler

        handler = GelfHttpHandler(**settings, include_extra_fields=True)
    else:
        from graypy import GELFHTTPHandler

        handler = GELFHTTPHandler(**settings)
    logger = logging.getLogger("shop.till")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    for name in account.ids():
        text = f"Grüße {name}"
        account.expect(name, {"short_message": text, "level": 6, "_order": 7})
        try:
            logger.info("Grüße %s", name, extra={"order": 7})
        except OSError as error:
            account.fail([name], error)
    account.end()


main()
