"""How good the guard is: ``python -m verkkoapu.safety.report --content content --data FILE.jsonl…``

Each line of a data file is ``{"text", "topic", "severity", "style"}``; the language is the file's name ("fi.jsonl",
"safety.fi.jsonl") or a field "language". ``--hold-out`` measures honestly on the content's own examples: it trains
without every fourth message and judges those.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from verkkoapu.safety.data import TOPICS, Example, load
from verkkoapu.safety.guard import SafetyGuard, Verdict

_COLUMNS = ("messages", "alarm %", "hint %", "raised %", "topic %")


def read(path: Path) -> list[Example]:
    """The messages of one data file. Without a severity, a safety topic counts as urgent and any other as none."""
    named = path.name.removeprefix("safety.").split(".")[0]
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            value = json.loads(line)
            severity = value.get("severity") or ("urgent" if value["topic"] in TOPICS else "none")
            found.append(Example(value["text"], value["topic"], severity, value.get("style", ""),
                                 value.get("language") or value.get("lang") or named))
    return found


def judge(guard: SafetyGuard, examples: Iterable[Example]) -> list[tuple[Example, Verdict]]:
    """Every message with what the guard thinks of it."""
    return [(example, guard.check(example.text, example.language)) for example in examples]


def wrong(example: Example, verdict: Verdict) -> str | None:
    """What is wrong with a verdict, if anything."""
    if example.severity == "life":
        if verdict.level is None:
            return "missed"
        if verdict.level == "hint":
            return "only a hint"
    if example.severity == "none" and verdict.level == "alarm":
        return "false alarm"
    return None


def table(judged: Iterable[tuple[Example, Verdict]], by: str) -> list[tuple[str, ...]]:
    """Rates by severity and one more field (language or style)."""
    counts: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for example, verdict in judged:
        count = counts[example.severity, getattr(example, by)]
        count["messages"] += 1
        count[verdict.level or "silent"] += 1
        count["topic"] += verdict.topic == example.topic
    order = ("life", "urgent", "concern", "none")
    lines: list[tuple[str, ...]] = [("severity", by, *_COLUMNS)]
    for (severity, value), count in sorted(counts.items(), key=lambda item: (order.index(item[0][0]), item[0][1])):
        share = [100 * number / count["messages"] for number in
                 (count["alarm"], count["hint"], count["alarm"] + count["hint"], count["topic"])]
        lines.append((severity, value, str(count["messages"]), *(f"{number:.1f}" for number in share)))
    return lines


def _print(lines: list[tuple[str, ...]]) -> None:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) if column < 2 else cell.rjust(width)
                        for column, (cell, width) in enumerate(zip(line, widths, strict=True))))
    print()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--content", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("var/models/safety.npz"))
    parser.add_argument("--data", type=Path, nargs="*", default=[])
    parser.add_argument("--hold-out", action="store_true", help="train without every fourth example, judge those")
    parser.add_argument("--misses", type=int, default=40, help="how many wrong verdicts to list")
    options = parser.parse_args(arguments)
    examples = [example for path in options.data for example in read(path)]
    if options.hold_out:
        from verkkoapu.safety import train  # scikit-learn is needed for this only

        data, findings = load(options.content)
        everything = train.gather(options.content, data)
        examples += [one for one in everything if train.part(one.text) == 0 and not one.style.startswith("must")]
        kept = [one for one in everything if train.part(one.text) != 0]
        guard = SafetyGuard(data, train.fit(kept, data), findings)
    else:
        guard = SafetyGuard.load(options.content, options.model)
    if not examples:
        parser.error("nothing to judge: give --data FILE or --hold-out")
    judged = judge(guard, examples)
    _print(table(judged, "language"))
    _print(table(judged, "style"))
    listed = [(mistake, example, verdict) for example, verdict in judged if (mistake := wrong(example, verdict))]
    for mistake, example, verdict in listed[:options.misses]:
        print(f"{mistake} [{example.language} {example.topic} {example.style}] {example.text}")
        for reason in verdict.reasons:
            print(f"    {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
