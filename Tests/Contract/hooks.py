# SPDX-License-Identifier: Apache-2.0
"""What schemathesis has to be told of Cordwood's requests: SCHEMATHESIS_HOOKS names this module."""

import gzip
import json
import zlib

import schemathesis
import zstandard

COMPRESSORS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress,
               "zlib": zlib.compress, "zstd": zstandard.compress}


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """An array's values stand on a line each; the examples are text already."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str) and value.startswith("{"):
        return value.encode()
    values = value if isinstance(value, list) and value else [value]
    return "".join(json.dumps(one) + "\n" for one in values).encode()


@schemathesis.serializer("application/json-seq")
def sequence(context, value):
    """The same with a record separator in front of each (RFC 7464)."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str) and value.startswith("\x1e"):
        return value.encode()
    # A sequence of nothing is no body, and an array in one no record.
    values = (value or [{}]) if isinstance(value, list) else [value]
    return "".join("\x1e" + json.dumps(one) + "\n" for one in values).encode()


@schemathesis.serializer("application/logplex-1")
def frames(context, value):
    """Whatever it is, it is frames or a line of text."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.serializer("application/x-protobuf")
def protobuf(context, value):
    """The messages of the contract are ASCII."""
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def filter_case(context, case):
    return is_sendable(case) and not is_atomic_with_a_bad_record(case)


def is_sendable(case):
    """A query and a form have no types: what should not be text arrives as text all the same, and an
    object instead of protobuf as JSON, which is taken for what it is. Nothing is a message too, but
    not if it is said to be compressed."""
    if case.media_type == "application/x-protobuf":
        is_coded = "Content-Encoding" in (case.headers or {})
        if not isinstance(case.body, (str, bytes)) or is_coded and not case.body:
            return False
    values = [(case.query or {}).get(name, "") for name in ("ack", "atomic")]
    if case.media_type == "application/x-www-form-urlencoded" and isinstance(case.body, dict):
        values += case.body.values()
    return all(isinstance(value, str) for value in values)


def is_atomic_with_a_bad_record(case):
    """All or none is none then, and no schema can say so."""
    is_atomic = (case.query or {}).get("atomic", "no") in ("true", "1", "")
    return is_atomic and isinstance(case.body, list) and not all(map(is_usable, case.body))


def is_usable(record):
    return isinstance(record, (dict, str))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Bodies are compressed as their Content-Encoding says, which a schema cannot demand."""
    kwargs.setdefault("auth", compress)


def compress(request):
    compressor = COMPRESSORS.get(request.headers.get("Content-Encoding"))
    if compressor and request.body:
        body = request.body if isinstance(request.body, bytes) else request.body.encode()
        request.body = compressor(body)
        request.headers["Content-Length"] = str(len(request.body))
    return request
