# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema of the configuration, against every example in docs and deploy.

Part of `make test`; the schema itself is written by `make reference`.
"""

import glob
import json
import os
import re
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = f"{ROOT}/.build/debug/cordwood"

with open(f"{ROOT}/docs/cordwood.schema.json") as file:
    SCHEMA = json.load(file)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


class Loader(yaml.SafeLoader):
    """YAML 1.2, as editors read it: 03:30 is a text, and so is 0640."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, rule) for tag, rule in rules
            if tag not in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:timestamp")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^(0|[1-9][0-9]*)$"), list("0123456789"))


def examples():
    """All YAML that is a configuration of Cordwood: where it stands, and its text."""
    pages = [f"{ROOT}/README.md"] + glob.glob(f"{ROOT}/docs/**/*.md", recursive=True)
    for page in pages:
        with open(page) as file:
            for block in re.findall(r"^```yaml\n(.*?)^```", file.read(), re.S | re.M):
                parsed = yaml.load(block, Loader)
                if isinstance(parsed, dict) and set(parsed) & set(SCHEMA["properties"]):
                    yield os.path.relpath(page, ROOT), block
    for path in glob.glob(f"{ROOT}/deploy/**/cordwood.yaml", recursive=True):
        with open(path) as file:
            yield os.path.relpath(path, ROOT), file.read()


def mistakes(text):
    return [error.message for error in VALIDATOR.iter_errors(yaml.load(text, Loader))]


def program_accepts(text):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        return subprocess.run([PROGRAM, "check", "--config", file.name], capture_output=True,
                              env={"PATH": os.environ["PATH"]}).returncode == 0


class SchemaTests(unittest.TestCase):
    def test_it_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_every_example_is_valid(self):
        found = list(examples())
        self.assertGreater(len(found), 14)
        for place, text in found:
            with self.subTest(place=place, text=text):
                self.assertEqual(mistakes(text), [])

    def test_an_editor_finds_the_schema_by_the_first_line(self):
        schema = "docs/cordwood.schema.json"
        paths = glob.glob(f"{ROOT}/deploy/**/cordwood.yaml", recursive=True)
        self.assertGreater(len(paths), 2)
        for path in paths:
            with self.subTest(path=path), open(path) as file:
                named = re.fullmatch(r"# yaml-language-server: \$schema=(.+)\n", file.readline())[1]
                if named.startswith("/"):
                    with open(f"{ROOT}/docs/DEPLOY.md") as page:
                        self.assertIn(f" {schema} -t {os.path.dirname(named)} ", page.read())
                    self.assertEqual(os.path.basename(named), os.path.basename(schema))
                else:
                    self.assertTrue(os.path.samefile(
                        os.path.join(os.path.dirname(path), named), f"{ROOT}/{schema}"))

    def test_what_the_program_prints_is_valid(self):
        printed = subprocess.run([PROGRAM, "check"], capture_output=True, text=True, check=True,
                                 env={"PATH": os.environ["PATH"]}).stdout
        self.assertEqual(mistakes(printed), [])

    def test_what_the_program_accepts_is_valid(self):
        for text in [
            "", "rotation:", "rotation.when: h", "rotation: {when: w6, at_time: '03:30'}",
            "workers: auto", "workers: 4", "workers: '4'", "listen: unix:/tmp/x",
            "listen: ['*:80', '[::1]:81']", "rotation: {utc: yes, max_bytes: 64 MB}",
            "limits: {body_bytes: 1048576, min_rate: 0}", "timeouts: {drain: 5 s}",
            "files: {mode: 0640}", "files: {mode: '0o640'}", "disk: {min_free: 0}",
            "per_stream: {a: {rotation.when: H, ack: fsync}, 'b-*': {rotation: {max_age: 1d}}}",
            "streams: {allow: ['a-*', app]}", "user: 10001", "cors: {allow_origins: '*'}",
        ]:
            with self.subTest(text=text):
                self.assertTrue(program_accepts(text))
                self.assertEqual(mistakes(text), [])

    def test_what_is_wrong_is_not_valid(self):
        for text in [
            "lisen: ':80'", "rotation: {wen: H}", "rotation: {when: X}", "rotation.wen: H",
            "workers: 0.5", "workers: many", "timeouts: {drain: 5}", "timeouts: {drain: 5y}",
            "rotation: {max_bytes: 1XB}", "rotation: {at_time: '25:00'}", "listen: 127.0.0.1",
            "ack: maybe", "rotation: [H]", "per_stream: {a: {utc: true}}", "compression: {level: 10}",
            "streams: {default: 'A'}", "- listen", "files: {mode: rw}",
        ]:
            with self.subTest(text=text):
                self.assertFalse(program_accepts(text))
                self.assertNotEqual(mistakes(text), [])


if __name__ == "__main__":
    unittest.main()
