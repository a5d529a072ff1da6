# SPDX-License-Identifier: Apache-2.0
"""The exporters of OpenTelemetry's Python SDK: otlp.py URL COUNT [--exporter proto|json] …

Each exporter is in an environment of its own. See account.py for the arguments.
"""

import base64
import logging
import math
import time

from account import Absent, Account
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import (
    BatchLogRecordProcessor, LogRecordExportResult, SimpleLogRecordProcessor)
from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import (
    NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context)

ATTRIBUTES = {
    "text": "Grüße \"an\" 東京\n\t\\ \u0001\u2028",
    "empty": "",
    "bool": True,
    "no": False,
    "zero": 0,
    "int": -1,
    "least": -(1 << 63),
    "most": (1 << 63) - 1,
    "double": 0.1,
    "large": 1e300,
    "nan": math.nan,
    "least infinite": -math.inf,
    "bytes": b"\x00\xff\xfe",
    "texts": ["a", "", "b"],
    "mixed": [1, "1", 1.5, True, None],
    "map": {"b": {"a": [{"deep": True}]}, "a.b": 1},
    "dotted.key": "stays",
}
BODIES = {
    "text": "text",
    "map": {"order": 1, "items": [{"sku": "a"}], "raw": b"\x80"},
    "list": ["a", 1, None],
}


def written(value):
    """The value as it stands in a line."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: written(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [written(element) for element in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"inf": "Infinity", "-inf": "-Infinity"}.get(str(value), "NaN")
    return value


def instant(nanoseconds):
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{rest:09}Z"


def main():
    account = Account(
        ("--exporter", ["proto", "json"]), ("--processor", ["simple", "batch"]),
        codings=["none", "gzip", "deflate"])
    options = account.options
    if options.exporter == "proto":
        from opentelemetry.exporter.otlp.proto.http import Compression
        from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
        coding = {"none": Compression.NoCompression, "gzip": Compression.Gzip,
                  "deflate": Compression.Deflate}[options.coding]
    else:
        from opentelemetry.exporter.otlp.common.http import Compression
        from opentelemetry.exporter.otlp.json.http._log_exporter import OTLPLogExporter
        coding = Compression(options.coding)

    class Exporter(OTLPLogExporter):
        """The exporter, with its result noted."""

        def export(self, batch):
            result = super().export(batch)
            ids = [record.log_record.attributes["id"] for record in batch]
            if result == LogRecordExportResult.SUCCESS:
                account.accept(ids)
            else:
                account.fail(ids, result)
            return result

    class Said(logging.Handler):
        def emit(self, record):
            account.say(record.getMessage())

    log = logging.getLogger("opentelemetry")
    log.addHandler(Said(logging.WARNING))
    log.propagate = False
    headers = {"Authorization": f"Bearer {options.token}"} if options.token else {}
    exporter = Exporter(
        endpoint=f"{account.base}/v1/logs", headers=headers, compression=coding)
    resource = {"service.name": "till", "cores": 4, "tags": ("a", "b")}
    if options.processor == "batch":
        # At most 512 records are in a batch, and 2048 wait.
        processor = BatchLogRecordProcessor(
            exporter, schedule_delay_millis=300 if options.seconds else None)
    else:
        processor = SimpleLogRecordProcessor(exporter)
    provider = LoggerProvider(Resource(resource, "https://example.org/resource"))
    provider.add_log_record_processor(processor)
    logger = provider.get_logger(
        "shop.till", "1.2.3", "https://example.org/scope", {"scope": True})
    context = set_span_in_context(NonRecordingSpan(
        SpanContext(0x0102030405060708090A0B0C0D0E0F10, 0xA1A2A3A4A5A6A7A8, False, TraceFlags(1))))
    expected = {
        "level": "WARN", "severity_number": 13, "event_name": "sale",
        "trace_id": "0102030405060708090a0b0c0d0e0f10", "span_id": "a1a2a3a4a5a6a7a8",
        "scope": {"name": "shop.till", "version": "1.2.3", "attributes": {"scope": True},
                  "schema_url": "https://example.org/scope"},
        "resource": {"attributes": written(resource), "schema_url": "https://example.org/resource"},
    }
    for batch in account.batches():
        for name in batch:
            now = time.time_ns()
            body = list(BODIES.values())[int(name[-1]) % 3]
            account.expect(name, {
                "time": instant(now), "observed_time": instant(now + 1), **expected,
                "message" if isinstance(body, str) else "body": written(body),
                "body" if isinstance(body, str) else "message": Absent,
                "attributes": {"id": name, **written(ATTRIBUTES)}})
            logger.emit(LogRecord(
                timestamp=now, observed_timestamp=now + 1, context=context,
                severity_text="WARN", severity_number=SeverityNumber.WARN, body=body,
                event_name="sale", attributes={"id": name, **ATTRIBUTES}))
    provider.shutdown()
    account.end()


main()
