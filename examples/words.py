"""Counts the words of a text file: of its own source, if no other is named.

    brolga examples/words.py [file]

Prints how many lines, words and different words there are, then the ten most frequent.
"""

import sys


def words_of(line):
    """The words of a line in lower case; whatever is no letter ends a word."""
    word = ""
    for char in line:
        if char.isalpha():
            word += char.lower()
        elif word:
            yield word
            word = ""
    if word:
        yield word


def count(lines):
    counts = {}
    number = 0
    for number, line in enumerate(lines, start=1):
        for word in words_of(line):
            counts[word] = counts.get(word, 0) + 1
    return number, counts


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else __file__
    with open(path, encoding="utf-8") as file:
        lines, counts = count(file)
    print(f"{lines} lines, {sum(counts.values())} words, {len(counts)} different")
    # The most frequent first; those equally frequent by the alphabet.
    for word, times in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:10]:
        print(f"{times:5}  {word}")


if __name__ == "__main__":
    main()
