"""definitions.py SCHEMA: reads lines {"name", "definition", "document"} and validates each document by that
definition of the schema. Properties that the schema does not name are errors. Status 0 where all are valid, 1 with what
is wrong where not, 3 where a package is missing."""

import json
import pathlib
import sys

# Where scripts/test.sh puts them.
sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "target" / "python"))


def strict(schema):
    """The schema, with every object that names its properties closed to others."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


def main(path):
    from jsonschema import Draft202012Validator

    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    schema = strict(schema)
    wrong = 0
    for line in sys.stdin:
        sample = json.loads(line)
        if sample["definition"] not in schema["$defs"]:
            print(f"{sample['name']}: no definition {sample['definition']}", file=sys.stderr)
            wrong += 1
            continue
        by = {**schema, "$ref": f"#/$defs/{sample['definition']}"}
        for error in Draft202012Validator(by).iter_errors(sample["document"]):
            place = "/".join(map(str, error.absolute_path))
            print(f"{sample['name']} {place}: {error.message[:300]}", file=sys.stderr)
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
