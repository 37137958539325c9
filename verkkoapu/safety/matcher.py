"""Finds patterns in the words of a message, fast enough to run on every message in every language.

Each word is looked up once (and remembered): which word tests does it pass? A clause then becomes one bit mask of
positions a test, and a pattern is a few shifts and ANDs. Patterns whose rarest word is absent are never tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from verkkoapu.safety.patterns import Part, Pattern, Test, Tests

WINDOW = 14
_REMEMBERED_WORDS = 50_000
_SHORTEST_FUZZY = 5
_LONGEST_FUZZY = 9
# Arabic writes "and", "with", "for" and "the" onto the word.
_ARABIC_BEFORE = ("وال", "بال", "فال", "لل", "ال", "و", "ف", "ب", "ل", "ه", "ع")


class Vocabulary:
    """All word tests of one matcher, and which of them a word passes."""

    def __init__(self, known: Callable[[str], bool] | None) -> None:
        self._ids: dict[Tests, int] = {}
        self._exact: dict[str, list[int]] = {}
        self._begins: dict[str, list[int]] = {}
        self._ends: list[tuple[str, int]] = []
        self._inside: list[tuple[str, int]] = []
        self._misspelt: dict[str, set[str]] = {}
        self._known = known
        self._memory: dict[str, tuple[int, ...]] = {}
        self._longest = 0

    def add(self, tests: Tests) -> int:
        """The number of this set of tests, new or known."""
        number = self._ids.get(tests)
        if number is None:
            number = self._ids[tests] = len(self._ids)
            for test in tests:
                self._register(test, number)
            self._memory.clear()
        return number

    def _register(self, test: Test, number: int) -> None:
        if test.open_start and test.open_end:
            self._inside.append((test.text, number))
        elif test.open_start:
            self._ends.append((test.text, number))
        else:
            (self._begins if test.open_end else self._exact).setdefault(test.text, []).append(number)
            self._longest = max(self._longest, len(test.text))
            if _SHORTEST_FUZZY <= len(test.text) <= _LONGEST_FUZZY and test.text.isalpha():
                for spelling in _one_letter_less(test.text):
                    self._misspelt.setdefault(spelling, set()).add(test.text)

    def of(self, word: str) -> tuple[int, ...]:
        """The numbers of all tests that the word passes."""
        numbers = self._memory.get(word)
        if numbers is None:
            if len(self._memory) > _REMEMBERED_WORDS:  # a bound on memory, not a tuned cache
                self._memory.clear()
            found = self._pass(word)
            if "\u0600" <= word[0] <= "\u06ff":
                for before in _ARABIC_BEFORE:
                    if word.startswith(before) and len(word) - len(before) >= 2:
                        found |= self._pass(word[len(before):])
            if not found and self._known and len(word) >= _SHORTEST_FUZZY and not self._known(word):
                found = self._nearly(word)
            numbers = self._memory[word] = tuple(found)
        return numbers

    def _pass(self, word: str) -> set[int]:
        found = set(self._exact.get(word, ()))
        for length in range(1, min(len(word), self._longest) + 1):
            found.update(self._begins.get(word[:length], ()))
        found.update(number for end, number in self._ends if word.endswith(end))
        found.update(number for inside, number in self._inside if inside in word)
        return found

    def _nearly(self, word: str) -> set[int]:
        """Tests passed by the word with one letter wrong, missing, extra or swapped; never the first letter."""
        found: set[int] = set()
        for length in range(_SHORTEST_FUZZY - 1, min(len(word), _LONGEST_FUZZY + 1) + 1):
            start = word[:length]
            whole = length == len(word)
            for spelling in (start, *_one_letter_less(start)):
                for stem in self._misspelt.get(spelling, ()):
                    if stem[0] == word[0] and len(stem) - 1 <= length <= len(stem) + 1 and one_apart(stem, start):
                        found.update(self._begins.get(stem, ()))
                        if whole:
                            found.update(self._exact.get(stem, ()))
        return found


def _one_letter_less(word: str) -> set[str]:
    return {word[:index] + word[index + 1:] for index in range(len(word))}


def one_apart(first: str, second: str) -> bool:
    """One letter changed, added or dropped, or two neighbours swapped."""
    if abs(len(first) - len(second)) > 1:
        return False
    if len(first) == len(second):
        wrong = [index for index in range(len(first)) if first[index] != second[index]]
        if len(wrong) < 2:
            return True
        return (len(wrong) == 2 and wrong[1] == wrong[0] + 1
                and first[wrong[0]] == second[wrong[1]] and first[wrong[1]] == second[wrong[0]])
    longer, shorter = (first, second) if len(first) > len(second) else (second, first)
    return shorter in _one_letter_less(longer)


Masks = dict[int, int]


class Matcher:
    """Patterns, each with a key that is handed back when it is found.

    With ``known_word`` a word that nobody knows may pass a test with one letter wrong; without it, never.
    """

    def __init__(self, known_word: Callable[[str], bool] | None = None) -> None:
        self.vocabulary = Vocabulary(known_word)
        self._patterns: list[tuple[Any, Pattern, list[list[list[list[tuple[int, int]]]]], list]] = []
        self._index: dict[int, list[int]] = {}
        self._labels: dict[int, list[Any]] = {}

    def label(self, tests: Tests, key: Any) -> None:
        """Report ``key`` in ``labels`` whenever a word passes these tests."""
        self._labels.setdefault(self.vocabulary.add(tests), []).append(key)

    def add(self, pattern: Pattern, key: Any) -> None:
        """Look for this pattern from now on."""
        scenes = [[self._numbered(part) for part in scene] for scene in pattern.scenes]
        without = [self._numbered(part) for part in pattern.without]
        self._patterns.append((key, pattern, scenes, without))

    def _numbered(self, part: Part) -> list[list[tuple[int, int]]]:
        return [[(gap, self.vocabulary.add(tests)) for gap, tests in sequence] for sequence in part.sequences]

    def ready(self) -> None:
        """Index each pattern under the rarest words it cannot do without; call once, after the last ``add``."""
        uses = Counter(number for _, _, scenes, _ in self._patterns
                       for scene in scenes for part in scene for sequence in part for _, number in sequence)
        self._index.clear()
        for position, (_, _, scenes, _) in enumerate(self._patterns):
            # One part must be present through one of its sequences: index each sequence by its rarest word.
            parts = [part for scene in scenes for part in scene]
            keys = min(([min((number for _, number in sequence), key=uses.__getitem__) for sequence in part]
                        for part in parts), key=lambda numbers: sum(uses[number] for number in numbers))
            for number in set(keys):
                self._index.setdefault(number, []).append(position)

    def masks(self, clause_words: Iterable[str]) -> Masks:
        """For each test the positions of the words that pass it, one bit a position."""
        masks: Masks = {}
        bit = 1
        for word in clause_words:
            for number in self.vocabulary.of(word):
                masks[number] = masks.get(number, 0) | bit
            bit <<= 1
        return masks

    def labels(self, masks: Masks) -> dict[Any, int]:
        """The labels present in a clause and where."""
        found: dict[Any, int] = {}
        for number, mask in masks.items():
            for key in self._labels.get(number, ()):
                found[key] = found.get(key, 0) | mask
        return found

    def find(self, clause_masks: list[Masks]) -> list[tuple[Any, int, Pattern, int]]:
        """(key, clause, pattern, bit mask of the words where its first part ends) for every pattern found."""
        tried: set[int] = set()
        found = []
        for masks in clause_masks:
            for number in masks:
                for position in self._index.get(number, ()):
                    if position in tried:
                        continue
                    tried.add(position)
                    key, pattern, scenes, without = self._patterns[position]
                    found += [(key, clause, pattern, where)
                              for clause, where in self._places(scenes, without, clause_masks)]
        return found

    def _places(self, scenes, without, clause_masks: list[Masks]) -> list[tuple[int, int]]:
        places: list[tuple[int, int]] = []
        for order, scene in enumerate(scenes):
            here = [(clause, where) for clause, masks in enumerate(clause_masks)
                    if (where := _scene(scene, masks)) and not any(_part(part, masks) for part in without)]
            if not here:
                return []
            if order == 0:
                places = here
        return places


def _scene(parts, masks: Masks) -> int:
    first = _part(parts[0], masks)
    if not first:
        return 0
    for part in parts[1:]:
        other = _part(part, masks)
        if not other:
            return 0
        spread = 0
        for distance in range(WINDOW + 1):
            spread |= (other << distance) | (other >> distance)
        first &= spread
        if not first:
            return 0
    return first


def _part(sequences, masks: Masks) -> int:
    where = 0
    for sequence in sequences:
        mask = masks.get(sequence[0][1], 0)
        for gap, number in sequence[1:]:
            if not mask:
                break
            next_mask = masks.get(number, 0)
            if not next_mask:
                mask = 0
                break
            reach = 0
            for step in range(1, gap + 2):
                reach |= mask << step
            mask = reach & next_mask
        where |= mask
    return where
