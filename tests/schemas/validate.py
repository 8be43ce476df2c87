"""validate.py SCHEMA DOCUMENT: status 0 where the document is valid, 1 with what is wrong where it is not,
3 where a package is missing."""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Where scripts/test.sh puts them.
sys.path.append(str(ROOT / "target" / "python"))


def main(schema, document):
    if schema.endswith(".json"):
        import jsonschema

        with open(schema, encoding="utf-8") as file:
            validator = jsonschema.Draft4Validator(json.load(file))
        with open(document, encoding="utf-8") as file:
            errors = [
                f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
                for error in validator.iter_errors(json.load(file))
            ]
    else:
        import xmlschema

        errors = [
            f"{error.path}: {error.reason}"
            for error in xmlschema.XMLSchema(schema).iter_errors(document)
        ]
    for error in errors:
        print(error, file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
