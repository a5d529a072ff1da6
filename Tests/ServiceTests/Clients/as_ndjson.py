# SPDX-License-Identifier: Apache-2.0
"""Prints a text file as NDJSON, an object a line: as_ndjson.py FILE"""
import json
import sys

with open(sys.argv[1], "rb") as file:
    for number, line in enumerate(file):
        print(json.dumps({"line": number, "text": line.rstrip(b"\r\n").decode("utf-8", "replace")}))
