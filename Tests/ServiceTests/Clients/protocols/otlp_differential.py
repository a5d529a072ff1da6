# SPDX-License-Identifier: Apache-2.0
"""Compares what the service writes of random OTLP requests with what protobuf's own library reads.

    SCRIPT PORT DIRECTORY COUNT SEED [PROCESSES]

It sends COUNT random records, each in protobuf and in JSON, in requests of some hundred over
connections that are kept. The protobuf has its fields in any order, in parts and repeated, as the
format allows. Of each record the two lines have to be equal byte for byte, and equal, member by
member, what the library reads from the same bytes. It prints how many there were, or the first
difference, and the seed that shows it again.
"""

import base64
import http.client
import json
import multiprocessing
import os
import random
import struct
import sys
import time

from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs

TEXTS = [
    "", "a", "service.name", "http.method", "GET", "text that is longer than sixteen bytes",
    "line\nbreak\r\n\ttab", 'quote " and \\ backslash', "\x00\x01\x1f\x7f", "Grüße, 世界 😀",
    "\u2028\u2029", "0123456", "01234567", "é" * 9, "x" * 300,
]
DOUBLES = [
    0.0, -0.0, 1.0, -1.5, 0.1, 1e16, 1e-7, 123456789.125, 1e300, 5e-324, 2.0**53, 9007199254740993.0,
    float("nan"), float("inf"), float("-inf"), 1.7976931348623157e308,
]
INTEGERS = [0, 1, -1, 127, 128, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63)]
TIMES = [0, 1, 999_999_999, 1_000_000_000, 1_763_904_335_123_456_789, 2**63, 2**64 - 1]
LEVELS = [name + (str(k) if k > 1 else "") for name in
          ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL") for k in (1, 2, 3, 4)]
HEXADECIMAL = set(b"0123456789abcdefABCDEF")


class Difference(Exception):
    """What was written is not what was sent."""


class Generator:
    """Random messages."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, probability):
        return self.random.random() < probability

    def text(self):
        return self.random.choice(TEXTS)

    def value(self, value, depth=0):
        kind = self.random.random()
        if kind < 0.4:
            value.string_value = self.text()
        elif kind < 0.55:
            value.int_value = (self.random.choice(INTEGERS) if self.chance(0.5)
                               else self.random.getrandbits(64) - 2**63)
        elif kind < 0.65:
            value.bool_value = self.chance(0.5)
        elif kind < 0.75:
            value.double_value = (self.random.choice(DOUBLES) if self.chance(0.7) else
                                  struct.unpack("<d", self.random.randbytes(8))[0])
        elif kind < 0.8:
            value.bytes_value = self.random.randbytes(self.random.randrange(5))
        elif kind < 0.87 and depth < 4:
            value.array_value.SetInParent()
            for _ in range(self.random.randrange(4)):
                self.value(value.array_value.values.add(), depth + 1)
        elif kind < 0.96 and depth < 4:
            value.kvlist_value.SetInParent()
            self.attributes(value.kvlist_value.values, depth + 1)
        # Else it is not set.

    def attributes(self, attributes, depth=0):
        for _ in range(self.random.choice((0, 1, 1, 2, 3))):
            attribute = attributes.add()
            attribute.key = self.text()
            if self.chance(0.95):
                self.value(attribute.value, depth)

    def record(self, record):
        if self.chance(0.9):
            record.time_unix_nano = (self.random.choice(TIMES) if self.chance(0.5)
                                     else self.random.getrandbits(61))
        if self.chance(0.5):
            record.observed_time_unix_nano = self.random.choice(TIMES)
        if self.chance(0.8):
            record.severity_number = self.random.randrange(25)
        if self.chance(0.5):
            record.severity_text = self.text()
        if self.chance(0.9):
            record.body.SetInParent()
            self.value(record.body)
        self.attributes(record.attributes)
        if self.chance(0.1):
            record.dropped_attributes_count = self.random.choice((1, 2**32 - 1))
        if self.chance(0.4):
            record.flags = self.random.choice((1, 3, 2**32 - 1))
            record.trace_id = self.id(16)
            record.span_id = self.id(8)
        if self.chance(0.1):
            record.event_name = self.text()

    def id(self, count):
        kind = self.random.random()
        if kind < 0.8:
            return self.random.randbytes(count)
        if kind < 0.9:
            # As text where the bytes belong.
            digits = self.random.randbytes(count).hex()
            return (digits.upper() if self.chance(0.5) else digits).encode()
        return self.random.randbytes(self.random.randrange(40))

    def request(self, limit):
        """A request of up to `limit` records, and how many it has."""
        request = ExportLogsServiceRequest()
        count = 0
        while count < limit:
            group = request.resource_logs.add()
            if self.chance(0.8):
                self.resource(group.resource)
            if self.chance(0.3):
                group.schema_url = self.text()
            for _ in range(self.random.randrange(3)):
                scope = group.scope_logs.add()
                if self.chance(0.7):
                    self.scope(scope.scope)
                if self.chance(0.3):
                    scope.schema_url = self.text()
                for _ in range(min(limit - count, self.random.choice((0, 1, 3, 40)))):
                    self.record(scope.log_records.add())
                    count += 1
        return request

    def resource(self, resource):
        resource.SetInParent()
        self.attributes(resource.attributes)
        if self.chance(0.1):
            resource.dropped_attributes_count = 7
        if self.chance(0.1):
            entity = resource.entity_refs.add(schema_url=self.text(), type=self.text())
            entity.id_keys.extend(self.text() for _ in range(self.random.randrange(3)))
            entity.description_keys.extend(self.text() for _ in range(self.random.randrange(3)))

    def scope(self, scope):
        scope.SetInParent()
        scope.name, scope.version = self.text(), self.text()
        self.attributes(scope.attributes)
        if self.chance(0.1):
            scope.dropped_attributes_count = 1


# The wire format.

# By message: what the fields are that hold messages, and which of all may be repeated.
FIELDS = {
    "request": ({1: "group"}, {1}), "group": ({1: "resource", 2: "scope_logs"}, {2}),
    "resource": ({1: "attribute", 3: "entity"}, {1, 3}), "entity": ({}, {3, 4}),
    "scope_logs": ({1: "scope", 2: "record"}, {2}), "scope": ({3: "attribute"}, {3}),
    "record": ({5: "value", 6: "attribute"}, {6}), "attribute": ({2: "value"}, set()),
    "value": ({5: "array", 6: "list"}, set()), "array": ({1: "value"}, {1}),
    "list": ({1: "attribute"}, {1}),
}


def varint(value, longer=0):
    """A varint, with some bytes more than it needs."""
    result = bytearray()
    while value > 0x7F or longer > 0 and len(result) < 9:
        if value <= 0x7F:
            longer -= 1
        result.append(value & 0x7F | 0x80)
        value >>= 7
    result.append(value)
    return bytes(result)


def read_varint(data, place):
    result = shift = 0
    while True:
        byte = data[place]
        place += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, place
        shift += 7


def fields(data):
    """The fields of a message: number, wire type, contents."""
    place, result = 0, []
    while place < len(data):
        tag, place = read_varint(data, place)
        kind = tag & 7
        if kind == 0:
            value, place = read_varint(data, place)
        else:
            count = {1: 8, 5: 4}.get(kind)
            if count is None:
                count, place = read_varint(data, place)
            value, place = data[place:place + count], place + count
        result.append((tag >> 3, kind, value))
    return result


class Scrambler:
    """Writes a message in one of the many other ways that mean the same."""

    def __init__(self, generator):
        self.random = generator.random

    def scramble(self, data, name):
        messages, repeated = FIELDS[name]
        pieces = []
        for number, kind, value in fields(data):
            if kind == 2 and number in messages:
                inner = messages[number]
                if number not in repeated and inner != "value" and self.random.random() < 0.3:
                    # A message in two parts, which are merged.
                    parts = fields(value)
                    cut = self.random.randrange(len(parts) + 1)
                    for part in (parts[:cut], parts[cut:]):
                        content = b"".join(self.field(*piece) for piece in part)
                        pieces.append((number, self.field(number, 2, self.scramble(content, inner))))
                    continue
                value = self.scramble(value, inner)
            elif number not in repeated and name != "value" and self.random.random() < 0.1:
                # A value that the next one replaces.
                other = {0: 99, 1: b"\1" * 8, 5: b"\1" * 4, 2: b"other"}[kind]
                pieces.append((number, self.field(number, kind, other)))
            pieces.append((number, self.field(number, kind, value)))
        if name != "value" and self.random.random() < 0.5:
            # Fields of one number keep their order.
            order = list(range(len(pieces)))
            self.random.shuffle(order)
            queues = {}
            for number, piece in pieces:
                queues.setdefault(number, []).append(piece)
            for queue in queues.values():
                queue.reverse()
            pieces = [(pieces[k][0], queues[pieces[k][0]].pop()) for k in order]
        if name in ("record", "resource", "scope") and self.random.random() < 0.05:
            pieces.insert(0, (99, self.field(99, 0, 5)))
            pieces.append((100, self.field(100, 2, b"unknown")))
        return b"".join(piece for _, piece in pieces)

    def field(self, number, kind, value):
        longer = 1 if self.random.random() < 0.05 and number < 90 else 0
        tag = varint(number << 3 | kind, longer)
        if kind == 0:
            return tag + varint(value, longer)
        return tag + (varint(len(value), longer) if kind == 2 else b"") + value


# OTLP's JSON.

class JSONWriter:
    """Writes a message in JSON, in one of the spellings that clients use."""

    def __init__(self, generator):
        self.random = generator.random
        self.is_snake = self.random.random() < 0.2
        self.is_shuffled = self.random.random() < 0.3
        self.has_numbers = self.random.random() < 0.3
        self.has_capitals = self.random.random() < 0.3
        self.names = {}

    def dump(self, request):
        indent = self.random.choice((None, None, None, 1))
        return json.dumps(self.request(request), ensure_ascii=self.random.random() < 0.5,
                          indent=indent, separators=(",", ":") if indent is None else None).encode()

    def name(self, snake):
        if self.is_snake:
            return snake
        if snake not in self.names:
            first, *rest = snake.split("_")
            self.names[snake] = first + "".join(word.capitalize() for word in rest)
        return self.names[snake]

    def object(self, pairs):
        if self.is_shuffled:
            self.random.shuffle(pairs)
        return {self.name(name): value for name, value in pairs}

    def integer(self, value):
        return value if self.has_numbers else str(value)

    def id(self, value):
        digits = value.hex()
        return digits.upper() if self.has_capitals else digits

    def value(self, value):
        kind = value.WhichOneof("value")
        if kind is None:
            return {}
        content = getattr(value, kind)
        if kind == "int_value":
            content = self.integer(content)
        elif kind == "double_value":
            content = double(content)
        elif kind == "bytes_value":
            content = base64.b64encode(content).decode()
        elif kind == "array_value":
            content = {"values": [self.value(item) for item in content.values]}
        elif kind == "kvlist_value":
            content = {"values": self.attributes(content.values)}
        return {self.name(kind): content}

    def attributes(self, attributes):
        result = []
        for item in attributes:
            pairs = [("key", item.key)]
            if item.HasField("value"):
                pairs.append(("value", self.value(item.value)))
            result.append(self.object(pairs))
        return result

    def request(self, request):
        return {self.name("resource_logs"): [self.group(group) for group in request.resource_logs]}

    def group(self, group):
        pairs = []
        if group.HasField("resource"):
            resource = group.resource
            inner = [("attributes", self.attributes(resource.attributes)),
                     ("dropped_attributes_count", resource.dropped_attributes_count)]
            if resource.entity_refs:
                inner.append(("entity_refs", [self.entity(item) for item in resource.entity_refs]))
            pairs.append(("resource", self.object(inner)))
        pairs.append(("scope_logs", [self.scope(scope) for scope in group.scope_logs]))
        pairs.append(("schema_url", group.schema_url))
        return self.object(pairs)

    def entity(self, entity):
        return self.object([
            ("schema_url", entity.schema_url), ("type", entity.type),
            ("id_keys", list(entity.id_keys)), ("description_keys", list(entity.description_keys))])

    def scope(self, group):
        pairs = []
        if group.HasField("scope"):
            scope = group.scope
            pairs.append(("scope", self.object([
                ("name", scope.name), ("version", scope.version),
                ("attributes", self.attributes(scope.attributes)),
                ("dropped_attributes_count", scope.dropped_attributes_count)])))
        pairs.append(("log_records", [self.record(record) for record in group.log_records]))
        if group.schema_url:
            pairs.append(("schema_url", group.schema_url))
        return self.object(pairs)

    def record(self, record):
        pairs = [("time_unix_nano", self.integer(record.time_unix_nano)),
                 ("observed_time_unix_nano", self.integer(record.observed_time_unix_nano)),
                 ("severity_number", record.severity_number), ("severity_text", record.severity_text)]
        if record.HasField("body"):
            pairs.append(("body", self.value(record.body)))
        pairs += [("attributes", self.attributes(record.attributes)),
                  ("dropped_attributes_count", record.dropped_attributes_count),
                  ("flags", record.flags), ("trace_id", self.id(record.trace_id)),
                  ("span_id", self.id(record.span_id))]
        if record.event_name:
            pairs.append(("event_name", record.event_name))
        return self.object(pairs)


# What the lines should say: objects as tuples of pairs, so that order and repetition count.

def double(value):
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def expected_value(value):
    kind = value.WhichOneof("value")
    if kind is None:
        return None
    content = getattr(value, kind)
    if kind == "double_value":
        return double(content)
    if kind == "bytes_value":
        return (("base64", base64.b64encode(content).decode()),)
    if kind == "array_value":
        return [expected_value(item) for item in content.values]
    if kind == "kvlist_value":
        return expected_attributes(content.values)
    return content


def expected_attributes(attributes):
    return tuple((item.key, expected_value(item.value)) for item in attributes)


def expected_time(nanoseconds):
    seconds, rest = divmod(nanoseconds, 10**9)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest:09}Z"


def expected_id(value, count):
    if len(value) == 2 * count and HEXADECIMAL.issuperset(value):
        return value.decode().lower()
    return value.hex()


def unknown(message):
    return tuple((str(field.field_number), field.data) for field in UnknownFieldSet(message))


def with_unknown(pairs, message):
    found = unknown(message)
    return [*pairs, ("unknown_fields", found)] if found else pairs


def present(pairs):
    return [(name, value) for name, value in pairs if value]


def expected_record(record):
    pairs = []
    if record.time_unix_nano:
        pairs.append(("time", expected_time(record.time_unix_nano)))
    if record.observed_time_unix_nano:
        pairs.append(("observed_time", expected_time(record.observed_time_unix_nano)))
    number = record.severity_number
    level = record.severity_text or (LEVELS[number - 1] if 1 <= number <= 24 else "")
    pairs += present([("level", level), ("severity_number", number)])
    if record.HasField("body"):
        is_text = record.body.WhichOneof("value") == "string_value"
        pairs.append(("message" if is_text else "body", expected_value(record.body)))
    pairs += present([
        ("event_name", record.event_name), ("trace_id", expected_id(record.trace_id, 16)),
        ("span_id", expected_id(record.span_id, 8)), ("flags", record.flags),
        ("attributes", expected_attributes(record.attributes)),
        ("dropped_attributes_count", record.dropped_attributes_count)])
    return with_unknown(pairs, record)


def expected_scope(group):
    scope = group.scope
    pairs = present([
        ("name", scope.name), ("version", scope.version),
        ("attributes", expected_attributes(scope.attributes)),
        ("dropped_attributes_count", scope.dropped_attributes_count)])
    return present([("scope", tuple([*with_unknown(pairs, scope),
                                     *present([("schema_url", group.schema_url)])]))])


def expected_resource(group):
    resource = group.resource
    pairs = present([
        ("attributes", expected_attributes(resource.attributes)),
        ("dropped_attributes_count", resource.dropped_attributes_count),
        ("entity_refs", [tuple(present([
            ("schema_url", entity.schema_url), ("type", entity.type),
            ("id_keys", list(entity.id_keys)), ("description_keys", list(entity.description_keys))
        ])) for entity in resource.entity_refs])])
    return present([("resource", tuple([*with_unknown(pairs, resource),
                                        *present([("schema_url", group.schema_url)])]))])


def expected_lines(request):
    """The lines of a request, and for each whether it has unknown fields."""
    for group in request.resource_logs:
        resource = expected_resource(group)
        for scope_logs in group.scope_logs:
            scope = expected_scope(scope_logs)
            for record in scope_logs.log_records:
                yield tuple(expected_record(record) + scope + resource)


def read_pairs(pairs):
    """An object of a line, with its unknown fields as the library has them."""
    return tuple(
        (name, tuple((number, unknown_data(field)) for number, field in value)
         if name == "unknown_fields" else value) for name, value in pairs)


def unknown_data(field):
    [(_, _, value)] = fields(base64.b64decode(field))
    return value


def without_unknown(line):
    """The same line as JSON has it, whose messages have no unknown fields."""
    result = []
    for name, value in line:
        if name in ("resource", "scope"):
            value = tuple(pair for pair in value if pair[0] != "unknown_fields")
            if not value:
                continue
        if name != "unknown_fields":
            result.append((name, value))
    return tuple(result)


class Comparison:
    """One connection, and two streams that nobody else writes to."""

    def __init__(self, port, directory, name):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.directory, self.name = directory, name
        self.places = {"pb": self.size("pb"), "js": self.size("js")}

    def path(self, stream):
        return os.path.join(self.directory, f"{stream}{self.name}.log")

    def size(self, stream):
        path = self.path(stream)
        return os.path.getsize(path) if os.path.exists(path) else 0

    def send(self, stream, body, media_type, count):
        """The lines that the service has written when it answers."""
        path = f"/logs/{stream}{self.name}/v1/logs"
        self.connection.request("POST", path, body, {"Content-Type": media_type})
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != 200 or answer != (b"{}" if stream == "js" else b""):
            raise Difference(f"{stream}: {response.status} {answer}")
        if not count:
            return []
        with open(self.path(stream), "rb") as file:
            file.seek(self.places[stream])
            text = file.read()
        self.places[stream] += len(text)
        return text.split(b"\n")[:-1]

    def compare(self, seed, limit):
        """Compares the lines of one request, and returns how many there were."""
        generator = Generator(seed)
        data = generator.request(limit).SerializeToString()
        if generator.chance(0.7):
            data = Scrambler(generator).scramble(data, "request")
        request = ExportLogsServiceRequest.FromString(data)
        expected = list(expected_lines(request))
        text = JSONWriter(generator).dump(request)
        from_protobuf = self.send("pb", data, "application/x-protobuf", len(expected))
        from_json = self.send("js", text, "application/json", len(expected))
        if not len(expected) == len(from_protobuf) == len(from_json):
            raise Difference(f"seed {seed}: {len(from_protobuf)} lines of protobuf and "
                             f"{len(from_json)} of JSON, of {len(expected)} records")
        for want, protobuf, other in zip(expected, from_protobuf, from_json):
            line = json.loads(protobuf, object_pairs_hook=read_pairs)
            if repr(line) != repr(want):
                raise Difference(f"seed {seed}: protobuf\n{protobuf.decode()}\n{line}\n{want}")
            if protobuf == other:
                continue
            # JSON has no unknown fields.
            if b'"unknown_fields"' not in protobuf or repr(without_unknown(want)) != repr(
                    json.loads(other, object_pairs_hook=read_pairs)):
                raise Difference(f"seed {seed}: JSON\n{other.decode()}\nprotobuf\n"
                                 f"{protobuf.decode()}\n{want}")
        return len(expected)


def run(port, directory, count, seed, name):
    comparison = Comparison(port, directory, name)
    compared = 0
    while compared < count:
        compared += comparison.compare(f"{seed}", 250)
        seed += 1
    return compared


def main():
    port, directory, count, seed = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    processes = int(sys.argv[5]) if len(sys.argv) > 5 else 2
    started = time.monotonic()
    with multiprocessing.Pool(processes) as pool:
        parts = pool.starmap(run, [(port, directory, -(-count // processes), seed + 1_000_000 * k, k)
                                   for k in range(processes)])
    print(json.dumps({"compared": sum(parts), "seed": seed,
                      "seconds": round(time.monotonic() - started, 1)}))


if __name__ == "__main__":
    main()
