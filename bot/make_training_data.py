"""Make the Rasa training data that comes from content: service questions, places, and what is not ours.

Run by `make train` in the service's environment:  python bot/make_training_data.py --content content --out bot/data/made
The files it writes are not kept in the repository.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import yaml

from verkkoapu.content.load import load_content

#: Messages a topic and language: enough to know the shape of a question; finding the topic is the search's work.
MESSAGES_A_TOPIC = 24


class _Block(str):
    """Text that YAML writes as a block, as Rasa's examples are."""


yaml.SafeDumper.add_representer(_Block, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", data, style="|"))


def one_line(text: str) -> str:
    """The message as Rasa reads it: no brackets or braces, which would mark an entity."""
    return " ".join(text.translate(str.maketrans("[](){}", "      ")).split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--content", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    content, _findings = load_content(arguments.content)
    chosen = random.Random(11)
    arguments.out.mkdir(parents=True, exist_ok=True)
    kept = {
        one_line(line.strip().removeprefix("- ")).casefold()
        for path in (Path(__file__).parent / "data" / "nlu").glob("*.yml")
        for line in path.read_text(encoding="utf-8").splitlines() if line.strip().startswith("- ")
    }
    for language in content.languages:
        questions: dict[str, list[str]] = {"service_question": [], "out_of_scope": []}
        for (found, topic), texts in sorted(content.examples.items()):
            if found != language:
                continue
            lines = sorted({one_line(text) for text in texts} - {""})
            lines = [line for line in lines if line.casefold() not in kept]
            # Small talk has intents of its own; "I want to talk to somebody" is a turn, not a question about a service.
            if topic in ("_smalltalk", "contact-person"):
                continue
            if topic.startswith("_"):
                questions["out_of_scope"] += lines
            elif topic in content.topics:
                questions["service_question"] += chosen.sample(lines, min(MESSAGES_A_TOPIC, len(lines)))
        data = {"version": "3.1", "nlu": [
            {"intent": intent, "examples": _Block("".join(f"- {line}\n" for line in lines))}
            for intent, lines in questions.items() if lines
        ]}
        path = arguments.out / f"{language}.yml"
        path.write_text("# Made from content/ by bot/make_training_data.py: do not edit.\n"
                        + yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
        print(f"bot: {sum(map(len, questions.values()))} messages from content/{language}")


if __name__ == "__main__":
    main()
