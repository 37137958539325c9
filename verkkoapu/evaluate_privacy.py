"""How well the privacy mask hides and keeps, on evaluation/privacy.jsonl: `python -m verkkoapu.evaluate_privacy FILE`."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from verkkoapu.content import load_content
from verkkoapu.privacy import PrivacyMask
from verkkoapu.settings import load_settings


def measure(path: Path) -> tuple[Counter, Counter, list[str], list[str]]:
    """Secrets by kind, leaks by kind, and the lines that leaked or hid what they should keep."""
    content, _findings = load_content(load_settings().content_dir)
    mask = PrivacyMask([contact.phone for contact in content.contacts.values() if contact.phone])
    total: Counter = Counter()
    leaked: Counter = Counter()
    leaks, wrong = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        said = mask.mask(row["text"]).text
        for secret in row["secrets"]:
            total[secret["kind"]] += 1
            if secret["value"] in said:
                leaked[secret["kind"]] += 1
                leaks.append(f"{secret['kind']}: {row['text']}  →  {said}")
        total["keep"] += len(row.get("keep", ()))
        for kept in row.get("keep", ()):
            if kept not in said:
                leaked["keep"] += 1
                wrong.append(f"{row['text']}  →  {said}")
    return total, leaked, leaks, wrong


def main() -> None:
    total, leaked, leaks, wrong = measure(Path(sys.argv[1]))
    for kind, count in sorted(total.items()):
        name = "wrongly hidden" if kind == "keep" else f"{kind} leaked"
        print(f"{name:<16} {leaked[kind]:>3} of {count:<4} {100 * leaked[kind] / count:5.1f} %")
    for line in [*leaks, *wrong]:
        print("  " + line)


if __name__ == "__main__":
    main()
