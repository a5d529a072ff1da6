# SPDX-License-Identifier: Apache-2.0
"""Puts the schema of the configuration into that of the chart's values: `make reference`.

Helm reads one file, so the settings under `config` have to be in it.
"""

import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VALUES = f"{ROOT}/deploy/helm/values.schema.json"


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def for_helm(schema):
    """The schema without its texts, which Helm does not show, and with enums of one type each,
    because Helm takes "0" and 0 for the same value given twice, and rejects the schema."""
    if isinstance(schema, list):
        return [for_helm(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    texts = [each for each in schema.get("enum", []) if isinstance(each, str)]
    others = [each for each in schema.get("enum", []) if not isinstance(each, str)]
    if texts and others:
        return {"anyOf": [{"enum": texts}, {"enum": others}]}
    return {key: for_helm(each) for key, each in schema.items()
            if not (key in ("title", "description") and isinstance(each, str))}


def schema_of_values():
    """The text of the chart's schema, with the settings as docs/cordwood.schema.json has them."""
    with open(VALUES) as file:
        values = json.load(file)
    with open(f"{ROOT}/docs/cordwood.schema.json") as file:
        settings = for_helm(json.load(file))
    definitions = settings.pop("definitions")
    # Helm reads 0640 as the number 416.
    for name in ["files.mode", "files.directory_mode", "files.socket_mode"]:
        definitions[name]["allOf"] = [{"type": "string", "pattern": "^(0o?)?[0-7]{3}$"}]
    del settings["$schema"]
    values["properties"]["config"] = "SETTINGS"
    values["definitions"] = "DEFINITIONS"
    lines = ",\n".join(f"    {compact(name)}: {compact(each)}" for name, each in definitions.items())
    return (json.dumps(values, indent=2).replace('"SETTINGS"', compact(settings))
            .replace('"DEFINITIONS"', f"{{\n{lines}\n  }}") + "\n")


if __name__ == "__main__":
    text = schema_of_values()
    with open(VALUES, "w") as file:
        file.write(text)
