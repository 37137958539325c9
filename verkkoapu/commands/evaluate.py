"""`verkkoapu evaluate`: the quality of the answers on the project's own evaluation messages."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any


def add_parser(subparsers) -> None:
    parser = subparsers.add_parser("evaluate", help="quality of the answers per language and style, beside peers")
    parser.add_argument("--quick", action="store_true", help="only our own search: no peers, parts or growth")
    parser.add_argument("--diet", action="store_true", help="also Rasa's DIET classifier (slow)")
    parser.add_argument("--service", metavar="URL", help="ask a running service instead, through its public interface")
    parser.add_argument("--start", action="store_true", help="the same with a service started for it, without rate limits")
    parser.add_argument("--threads", type=int, default=4, help="conversations at a time with --service or --start")
    parser.add_argument("--every", type=int, default=1, help="with --service or --start: only every n-th message")
    parser.add_argument("--model-folder", type=Path, help="the trained search, when it is not var/models/search")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from verkkoapu.settings import load_settings

    settings = load_settings()
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - started:4.0f} s] {text}", flush=True)

    out = settings.var_dir / "evaluation"
    out.mkdir(parents=True, exist_ok=True)
    if arguments.service or arguments.start:
        return _through_service(arguments, out, say)
    return _search_only(arguments, settings, out, say)


def _search_only(arguments: argparse.Namespace, settings: Any, out: Path, say: Any) -> int:
    from verkkoapu.content.load import load_content
    from verkkoapu.evaluate import figures, ours, peers
    from verkkoapu.evaluate.messages import read_messages, read_outside
    from verkkoapu.search.index import SearchIndex
    from verkkoapu.search.settings import load_fusion
    from verkkoapu.search.text import clean
    from verkkoapu.search.training import examples_of
    from verkkoapu.settings import PROJECT_DIR

    content, _findings = load_content(settings.content_dir)
    index = SearchIndex.load(arguments.model_folder or settings.var_dir / "models" / "search", settings.model,
                             load_fusion(settings.content_dir))
    messages = read_messages(PROJECT_DIR / "evaluation", list(content.languages))
    outside = read_outside(PROJECT_DIR / "evaluation", list(content.languages))
    say(f"{len(messages)} messages, {len(outside)} that are nobody's here; {len(index.topics)} topics, "
        f"{ours.megabytes(index):.0f} MB of index")
    outcomes = ours.decide_all(index, [message.text for message in messages])
    rows = index.probabilities([message.text for message in messages])
    curves = {
        language: figures.reliability([index.topics[row.argmax()] == m.topic for m, row in zip(messages, rows, strict=True)
                                       if m.language == language],
                                      [float(row.max()) for m, row in zip(messages, rows, strict=True) if m.language == language])
        for language in content.languages
    }
    figures.draw_reliability(curves, out / "reliability.png")
    result: dict[str, Any] = {
        "search": figures.by_language_and_style(messages, outcomes), "ranks": ours.ranked(index, messages),
        "outside": figures.outside_figures(outside, ours.decide_all(index, [message.text for message in outside])),
        "confusions": figures.confusions(messages, outcomes), "reliability": curves,
    }
    _print_table(result["search"])
    _print_ranks("right first / among the first three, whatever is decided", {"our search": result["ranks"]})
    _print_outside(result["outside"])
    _print_confusions(result["confusions"])
    if not arguments.quick:
        say("what each part adds")
        result["parts"] = ours.ablation(index, messages)
        _print_ranks("parts", result["parts"])
        say("growth with made topics")
        result["growth"] = ours.growth(index, [message.text for message in messages[::7]])
        for row in result["growth"]:
            print(f"  {row['topics']:6d} topics: median {row['median_ms']:.1f} ms, p99 {row['p99_ms']:.1f} ms, {row['memory_mb']:.0f} MB")
        say("peers, trained on the same examples")
        examples = [(clean(example.text), example.topic) for example in examples_of(content)]
        result["peers"] = peers.compare(examples, messages, say, arguments.diet)
        _print_ranks("peers", {name: peer["languages"] for name, peer in result["peers"].items() if "languages" in peer})
    _write(out / "search.json", result, say)
    return 0


def _through_service(arguments: argparse.Namespace, out: Path, say: Any) -> int:
    from contextlib import ExitStack

    from verkkoapu.content.load import load_content
    from verkkoapu.evaluate import figures
    from verkkoapu.evaluate.messages import read_messages, read_outside
    from verkkoapu.evaluate.through import ask_service
    from verkkoapu.settings import PROJECT_DIR, load_settings

    content, _findings = load_content(load_settings().content_dir)
    with ExitStack() as stack:
        address = arguments.service or _started_service(stack, say)
        messages = read_messages(PROJECT_DIR / "evaluation", list(content.languages))[::arguments.every]
        outside = read_outside(PROJECT_DIR / "evaluation", list(content.languages))[::arguments.every]
        say(f"{len(messages) + len(outside)} messages to {address}")
        outcomes = ask_service(address.rstrip("/"), messages, say, arguments.threads)
        others = ask_service(address.rstrip("/"), outside, say, arguments.threads)
    result: dict[str, Any] = {
        "service": figures.by_language_and_style(messages, outcomes), "outside": figures.outside_figures(outside, others),
        "confusions": figures.confusions(messages, outcomes),
        "not_answered": [{"text": m.text, "topic": m.topic, "language": m.language, "kind": o.kind}
                         for m, o in zip(messages, outcomes, strict=True) if o.first is None],
        "wrong": [{"text": m.text, "topic": m.topic, "language": m.language, "kind": o.kind, "said": o.topic}
                  for m, o in zip(messages, outcomes, strict=True) if o.topic not in (None, m.topic)],
    }
    _print_table(result["service"])
    _print_outside(result["outside"])
    _print_confusions(result["confusions"])
    _write(out / "service.json", result, say)
    return 0


def _started_service(stack: Any, say: Any) -> str:
    """A service of its own on free ports, with a folder that is removed afterwards."""
    import tempfile

    from verkkoapu.settings import PROJECT_DIR, load_settings
    from verkkoapu.supervise import Service, free_port

    var = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    (var / "models").symlink_to(load_settings().var_dir / "models")
    settings = load_settings({
        "PORT": str(free_port()), "DEMO_PORT": str(free_port()), "VERKKOAPU_ENV": "test", "VERKKOAPU_DIR": str(var),
        "VERKKOAPU_RATE_LIMIT": "off", "VERKKOAPU_CLOCK": "2026-11-24T10:00:00+02:00",
        "VERKKOAPU_CONTENT": str(PROJECT_DIR / "content"),
    })
    service = Service(settings, say)
    stack.callback(service.stop)
    service.start()
    return service.address


def _print_table(table: dict[str, dict[str, dict[str, float]]]) -> None:
    print(f"  {'':16s}{'messages':>9s}{'first':>8s}{'offered':>9s}{'wrong+sure':>12s}{'clarify':>9s}{'unknown':>9s}")
    for language, styles in table.items():
        for style, row in styles.items():
            print(f"  {language + ' ' + style:16s}{row['messages']:9d}{row['right_first']:8.1%}{row['right_or_offered']:9.1%}"
                  f"{row['wrong_and_sure']:12.1%}{row['clarify']:9.1%}{row['unknown']:9.1%}")


def _print_ranks(title: str, table: dict[str, dict[str, dict[str, float]]]) -> None:
    print(f"  {title}:")
    for name, languages in table.items():
        print(f"    {name:52s}" + "   ".join(f"{language} {row['first']:.1%} / {row['top3']:.1%}" for language, row in languages.items()))


def _print_outside(outside: dict[str, Any]) -> None:
    print("  not ours, answered as if known: " + ", ".join(
        f"{language} {row['answered_as_known']:.1%} of {row['messages']}" for language, row in outside.items()))


def _print_confusions(rows: list[dict[str, Any]]) -> None:
    print("  taken for each other most: " + "; ".join(f"{row['topic']} for {row['taken_for']} ({row['times']})" for row in rows[:12]))


def _write(path: Path, result: dict[str, Any], say: Any) -> None:
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")
    say(f"written: {path}")
