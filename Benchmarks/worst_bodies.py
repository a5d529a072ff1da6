"""Bodies that cost a reader of Cordwood the most for each byte: of processor time, memory or disk.

`bodies(size)` has them as (name, content type, content encoding, bytes). A body is `size` bytes once
it is decoded, or a little less: plain bodies are as long as that, those of gzip are a thousandth.
"""

import gzip


def repeated(unit, size, beginning=b"", end=b""):
    return beginning + unit * ((size - len(beginning) - len(end)) // len(unit)) + end


def record(unit, beginning=b"", end=b"\n", record_bytes=1_000_000):
    """A unit of a body: one record that is nearly as long as `limits.record_bytes` allows."""
    return repeated(unit, record_bytes, beginning, end)


def form(size, names):
    """A form of so many names that share a long beginning, all of it percent-encoded."""
    beginning = b"%61" * (size // names // 3 - 2)
    return b"&".join(beginning + b"%02x=1" % number for number in range(names))


def deep(levels=126):
    return b'{"a":' * levels + b"0" + b"}" * levels + b"\n"


JSON, LINES, TEXT, FORM = "application/json", "application/x-ndjson", "text/plain", "application/x-www-form-urlencoded"

# A name, its content type, and what makes the body of a size.
KINDS = [
    ("array of numbers", JSON, lambda size: repeated(b"0,", size, b"[", b"0]")),
    ("array of empty objects", JSON, lambda size: repeated(b"{},", size, b"[", b"{}]")),
    ("array in a wrapper", JSON, lambda size: repeated(b"{},", size, b'{"logs":[', b"{}]}")),
    ("objects in a row", JSON, lambda size: repeated(b"{}", size)),
    ("objects with line breaks", JSON, lambda size: repeated(b'{\n"a"\n:\n1\n}\n', size)),
    ("empty objects, a line each", LINES, lambda size: repeated(b"{}\n", size)),
    ("broken objects, a line each", LINES, lambda size: repeated(b"{\n", size)),
    ("objects of 126 levels", LINES, lambda size: repeated(deep(), size)),
    ("objects of many members", LINES, lambda size: repeated(record(b'"":0,', b"{", b'"":0}\n'), size)),
    ("strings of escapes", LINES, lambda size: repeated(record(rb"\u0061", b'{"a":"', b'"}\n'), size)),
    ("objects over the limit", LINES, lambda size: repeated(record(b"a", b'{"a":"', b'"}\n', 1_100_000), size)),
    ("long bytes that are no text", LINES, lambda size: repeated(record(b"\xff", b'{"a":"', b'"}\n'), size)),
    ("lines of one letter", TEXT, lambda size: repeated(b"a\n", size)),
    ("empty lines", TEXT, lambda size: repeated(b"\n", size)),
    ("lines of control characters", TEXT, lambda size: repeated(record(b"\x01"), size)),
    ("lines of one bad byte", TEXT, lambda size: repeated(b"\xff\n", size)),
    ("form of 256 names", FORM, lambda size: form(min(size, 1 << 20), 256)),
    ("form of 8 names", FORM, lambda size: form(min(size, 1 << 20), 8)),
    ("form of control characters", FORM, lambda size: repeated(b"%01", min(size, 1 << 20), b"a=")),
]


def bodies(size):
    for name, content_type, make in KINDS:
        yield name, content_type, "identity", make(size)


def compressed(body):
    return gzip.compress(body, 9, mtime=0)
