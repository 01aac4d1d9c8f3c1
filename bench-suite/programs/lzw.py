"""Compression by Lempel, Ziv and Welch, there and back: bytes as keys."""


def compress(data):
    codes = {bytes([i]): i for i in range(256)}
    out, word = [], b""
    for i in range(len(data)):
        longer = word + data[i : i + 1]
        if longer in codes:
            word = longer
        else:
            out.append(codes[word])
            codes[longer] = len(codes)
            word = data[i : i + 1]
    return out + [codes[word]]


def expand(codes):
    words = [bytes([i]) for i in range(256)]
    word = words[codes[0]]
    out = [word]
    for code in codes[1:]:
        entry = words[code] if code < len(words) else word + word[:1]
        out.append(entry)
        words.append(word + entry[:1])
        word = entry
    return b"".join(out)


def run():
    data = b"".join(b"%d bottles of beer on the wall, %d bottles of beer; " % (n, n) for n in range(99, 0, -1))
    codes = compress(data)
    return len(data), len(codes), expand(codes) == data, sum(codes)
