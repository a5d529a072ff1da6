# SPDX-License-Identifier: Apache-2.0
"""The bodies that cost each reader the most for a byte: in time, in memory or in rejected bytes.

`worst_bodies()` returns tuples (name, content type, content encoding or None, bytes). Run as a program
it writes them to a directory: worst_bodies.py DIRECTORY [MIB]
"""
import gzip
import os
import sys

JSON = "application/json"
NDJSON = "application/x-ndjson"
SEQUENCE = "application/json-seq"
TEXT = "text/plain"
FORM = "application/x-www-form-urlencoded"

RECORD = 1 << 20  # limits.record_bytes


def _fill(unit, size, head=b"", tail=b""):
    """`head`, as many whole `unit`s as fit in `size` bytes, and `tail`."""
    return head + unit * max(1, (size - len(head) - len(tail)) // len(unit)) + tail


def _forms(size):
    size = min(size, RECORD - 1024)
    for names in (8, 64, 256):
        long = max(1, size // names // 3 - 4)
        yield f"form, {names} long names", b"&".join(
            b"%61" * long + b"%02x=1" % i for i in range(names))
    yield "form, one long value", b"a=" + b"%00" * (size // 3)
    yield "form, short fields", b"&".join(b"%x=" % i for i in range(256))


def _ndjson(size):
    yield "objects, empty", _fill(b"{}\n", size)
    yield "objects, no line breaks", _fill(b"{}", size)
    yield "objects, commas between", _fill(b"{},", size, b"", b"{}")
    yield "objects, one key", _fill(b'{"a":1}\n', size)
    yield "objects, one bad byte a window", _fill(_fill(b"{}\n", 60_000) + b'"\x01"\n', size)
    yield "objects, a bad byte each", _fill(b'{}"\x01"\n', size)
    yield "objects, careful", _fill(b'{}{}{}{}{}{}"\x01', size)
    yield "objects, not UTF-8", _fill(b"{}\xff\n", size)
    yield "scalars", _fill(b"1 ", size)
    yield "scalars, careful", _fill(b"1 1 1 1 1 1 1 1 1\x01\n", size)
    yield "rejected lines", _fill(b"x\n", size)
    yield "rejected lines, careful", _fill(b"x\n\x01\n", size)
    yield "rejected braces", _fill(b"}\n", size)
    yield "nesting, line by line", _fill(b'{"a":\n', size)
    yield "nesting, one line", _fill(b"[", size)
    yield "nesting, to the limit", _fill(b"[" * 128 + b"]" * 128 + b"\n", size)
    yield "escapes", _fill(b'{"a":"' + b"\\u0000" * 1000 + b'"}\n', size)
    yield "escapes in keys", _fill(b'{"\\n":0}\n', size)
    yield "surrogate halves", _fill(b'{"a":"' + b"\\ud800" * 1000 + b'"}\n', size)
    yield "long strings", _fill(b'{"a":"' + b"x" * (RECORD - 100) + b'"}\n', size)
    yield "records over the limit", _fill(b'{"a":"' + b"x" * RECORD + b'"}\n', size)
    yield "one record, unclosed", _fill(b"x", size, b'{"a":"')
    yield "one record, deep", _fill(b"{[", size, b'{"a":')
    yield "byte order marks", _fill(b"\xef\xbb\xbf{}", size)
    yield "blank lines", _fill(b"\n", size, b"{}")
    yield "strings", _fill(b'""\n', size)


def _json(size):
    yield "object over lines, then nothing", _fill(b"\n", size, b'{\n"a": nope')
    yield "object over lines, broken string", _fill(b"\n", size, b'{\n"a": "')
    yield "line breaks between tokens", _fill(b'{\n"a"\n:\n1\n}\n', size)
    yield "array, empty objects", _fill(b"{},", size, b"[", b"{}]")
    yield "array, numbers", _fill(b"1,", size, b"[", b"1]")
    yield "array, commas", _fill(b",", size, b"[", b"]")
    yield "array, missing commas", _fill(b"{} {},", size, b"[", b"{}]")
    yield "array, a bad byte each", _fill(b'{},"\x01",', size, b"[", b"{}]")
    yield "array, careful", _fill(b'{},{},{},{},{},{},"\x01",', size, b"[", b"{}]")
    yield "array, bad elements", _fill(b"x,", size, b"[", b"1]")
    yield "array, unclosed", _fill(b"[", size)
    yield "array, strings", _fill(b'"",', size, b"[", b'""]')
    yield "array, escapes", _fill(b'"\\u0000",', size, b"[", b'""]')
    yield "wrapper that is none", _fill(b"{},", size, b'{"logs":[', b'{}],"a":1}')


def _text(size):
    yield "lines, one letter", _fill(b"x\n", size)
    yield "lines, empty", _fill(b"\n", size, b"x")
    yield "lines, empty with CR", _fill(b"\r\n", size, b"x")
    yield "lines, not UTF-8", _fill(b"\xff\n", size)
    yield "lines, one of each", _fill(b"\xff\nx\n", size)
    yield "lines, control characters", _fill(b"\x01" * 100 + b"\n", size)
    yield "lines, quotes", _fill(b'"' * 100 + b"\n", size)
    yield "lines, objects", _fill(b"{}\n", size, b"x\n")
    yield "lines, objects and not", _fill(b'{"a":1}\n{"a":1 }x\n', size)
    yield "lines, seeming objects", _fill(b"{x}\n", size)
    yield "lines, objects on one", _fill(b"{}" * 30_000 + b"\n", size, b"x\n")
    yield "lines, JSON but for the last", _fill(b'{"a":1}\n', size, b"", b"x")
    yield "lines, an array but for the end", _fill(b'{"a":1},\n', size, b"[", b"x")
    yield "lines, seeming escapes", _fill(b"{\\u0000" * 10 + b"\n", size)
    yield "lines, C1", _fill("\u0085".encode() * 50 + b"\n", size)
    yield "lines, three bytes a letter", _fill("\u3042".encode() * 30 + b"\n", size)


def _sequences(size):
    yield "sequence, empty objects", _fill(b"\x1e{}", size)
    yield "sequence, separators", _fill(b"\x1e", size, b"\x1e{}")
    yield "sequence, bad values", _fill(b"\x1ex", size)


def worst_bodies(size=4 << 20, compress=False):
    """All of them, of about `size` bytes; compressed, they cost the client almost nothing."""
    for kind, bodies in ((NDJSON, _ndjson), (JSON, _json), (TEXT, _text), (SEQUENCE, _sequences),
                         (FORM, _forms)):
        for name, body in bodies(size):
            if compress:
                yield name + ", gzip", kind, "gzip", gzip.compress(body, 9)
            else:
                yield name, kind, None, body


def main():
    directory = sys.argv[1]
    size = int(float(sys.argv[2]) * (1 << 20)) if len(sys.argv) > 2 else 4 << 20
    os.makedirs(directory, exist_ok=True)
    for number, (name, kind, _, body) in enumerate(worst_bodies(size)):
        word = "".join(c if c.isalnum() else "-" for c in name)
        with open(f"{directory}/{number:02}-{kind.split('/')[1]}-{word}", "wb") as file:
            file.write(body)


if __name__ == "__main__":
    main()
