"""What the learned score looks at: letters of words, and word groups near each other.

Not the signs: the score is a second witness, and a witness who repeats the first one is worth nothing. (Measured: with
the signs among the features, danger that no sign knew was found less often.)

All features are hashed into one table, so the model is one array. Training and running use this module alone, so that
they cannot drift apart.
"""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

BITS = 18
SIZE = 1 << BITS
_LETTERS = (2, 3, 4, 5)
_REACH = 6  # how many words apart two word groups still say something together
# How loud each block speaks after it is brought to length one. Chosen on held-back examples.
LOUDNESS = {"letters": 6.0, "groups": 5.0}


def bucket(feature: str) -> int:
    """The place of a feature in the table."""
    return crc32(feature.encode()) & (SIZE - 1)


@lru_cache(maxsize=60_000)
def word_features(word: str) -> tuple[int, ...]:
    """A word as itself and as its pieces of two to five letters, its ends marked."""
    marked = f"<{word}>"
    found = [bucket("w:" + word)]
    for length in _LETTERS:
        found += [bucket(marked[start:start + length]) for start in range(len(marked) - length + 1)]
    return tuple(found)


@lru_cache(maxsize=60_000)
def pair_feature(first: str, second: str) -> int:
    """Two words side by side."""
    return bucket(f"2:{first} {second}")


def group_features(labels: dict[str, int]) -> list[int]:
    """The word groups of a clause, and pairs of them that stand near each other."""
    found = [bucket("g:" + name) for name in labels]
    # Spread the positions of each group by the reach, so that "near" is one AND.
    near = {}
    for name, where in labels.items():
        spread = where
        for distance in range(1, _REACH + 1):
            spread |= (where << distance) | (where >> distance)
        near[name] = spread
    names = sorted(labels)
    for index, first in enumerate(names):
        spread = near[first]
        for second in names[index + 1:]:
            if spread & labels[second]:
                found.append(bucket(f"gg:{first} {second}"))
    return found
