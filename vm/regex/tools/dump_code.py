"""Writes the benchmark's patterns as code arrays, its text, and CPython's times.

    dump_code.py DIRECTORY    ->  text.txt (1 MB), patterns.txt: "name<TAB>matches<TAB>milliseconds<TAB>groups<TAB>codes"
"""
import random
import re
import sys
import time
from re import _compiler, _parser

PATTERNS = [
    r"\w+", r"\b\d+\b", r"[a-z]+ing", r"(\w+)\s+\1", r"foo|bar|baz|quux", r"(a|b|c)+f", r"(?<=the )\w+", r"id\s*=\s*(\w+)",
    r"(\w+)@(\w+)\.com", r"\s+", r"(?i)python", r"[^aeiou\s]{4,}", r'"[^"]*"', r"<.*?>", r"(?m)^\w+:", r"(\d{4})-(\d\d)-(\d\d)",
    r"hello", r"(?m)^.*error.*$", r"(?:[a-z]+ )+the", r"\w+(?= and)", r"(?P<k>\w+)\s*=\s*(?P<v>[^\s,]+)", r"if|else|elif|while|for|def|class",
    r"[A-Z][a-z]+(?: [A-Z][a-z]+)+", r"\S+\s+\S+\s+\S+",
]
WORDS = """the quick brown fox jumps over lazy dog python running singing foo bar baz abcf caf hello error and of in to Alice
Smith John Brown value = id = name = x1 2024-05-17 1999 42 joe@example.com "quoted text" <b> </b> while for def class : , .
programming interpreter optimisation the the is was a an string thing nothing""".split(" ")


def main(directory):
    r = random.Random(42)
    out, size = [], 0
    while size < 1_000_000:
        word = r.choice(WORDS)
        sep = "\n" if r.random() < 0.08 else " "
        out.append(word + sep)
        size += len(word) + 1
    text = "".join(out)[:1_000_000]
    with open(f"{directory}/text.txt", "w") as f:
        f.write(text)
    with open(f"{directory}/patterns.txt", "w") as f:
        for source in PATTERNS:
            pattern = re.compile(source)
            best, count = 1e9, 0
            for _ in range(5):
                # A scanner's loop, as `_sre` itself does it, without building Match objects where that can be helped.
                t = time.perf_counter()
                count = pattern.subn("", text)[1] if not pattern.groups else sum(1 for _ in pattern.finditer(text))
                best = min(best, time.perf_counter() - t)
            p = _parser.parse(source)
            code = _compiler._code(p, 0)
            print(source, count, f"{best * 1e3:.3f}", p.state.groups - 1, ",".join(str(int(c)) for c in code), sep="\t", file=f)


main(sys.argv[1])
