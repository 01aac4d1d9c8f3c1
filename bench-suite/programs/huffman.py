"""Huffman's code: a heap of tuples, a tree of tuples, bits as text."""
import heapq

TEXT = "she sells sea shells by the sea shore; the shells she sells are surely seashells. " * 20


def code_of(text):
    counts = {}
    for c in text:
        counts[c] = counts.get(c, 0) + 1
    heap = [(n, c, None) for c, n in sorted(counts.items())]
    heapq.heapify(heap)
    while len(heap) > 1:
        a, b = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a[0] + b[0], min(a[1], b[1]), (a, b)))
    code, pending = {}, [(heap[0], "")]
    while pending:
        (_, c, inner), bits = pending.pop()
        if inner is None:
            code[c] = bits or "0"
        else:
            pending += [(inner[0], bits + "0"), (inner[1], bits + "1")]
    return code


def run():
    code = code_of(TEXT)
    bits = "".join(code[c] for c in TEXT)
    letters, text, start = {b: c for c, b in code.items()}, [], 0
    for end in range(1, len(bits) + 1):
        if (part := bits[start:end]) in letters:
            text.append(letters[part])
            start = end
    return len(bits), "".join(text) == TEXT, sorted(code.values(), key=lambda b: (len(b), b))[:3]
