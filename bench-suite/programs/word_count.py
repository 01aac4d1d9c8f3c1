"""Words of a text by how often they occur: strings and dicts."""
import string

TEXT = """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness,
it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the season of Darkness,
it was the spring of hope, it was the winter of despair, we had everything before us, we had nothing before us""" * 30


def run():
    table = str.maketrans("", "", string.punctuation)
    counts = {}
    pairs = {}
    before = None
    for line in TEXT.splitlines():
        for word in line.lower().translate(table).split():
            counts[word] = counts.get(word, 0) + 1
            if before is not None:
                pairs[before, word] = pairs.get((before, word), 0) + 1
            before = word
    top = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
    return top, sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[:3]
