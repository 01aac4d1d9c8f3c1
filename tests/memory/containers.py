"""Lists, dicts, sets, tuples and strings that grow, shrink and are copied."""


def work():
    items, table, seen = [], {}, set()
    for i in range(40):
        items.append(i)
        table[f"k{i}"] = [i]
        table[i] = (i, str(i))
        seen.add(i * 7 % 11)
        if i % 5 == 0:
            items.extend(range(3))
            items.insert(2, -1)
            del table[i]
    merged = {**table, "z": 1} | {"y": 2}
    text = "".join([chr(97 + i % 26) for i in items]) + "\u2192" * 3
    parts = text.split("c") + [text.upper(), text.replace("a", "xyz"), text[3:9]]
    return (len(items), items[-5:], sorted(items, reverse=True)[:4], len(merged), merged["z"], sorted(seen | {40}),
            parts[-3:], [*zip(items, text)][:3], items[::9], bytes(items[-6:-2]), bytearray(b"ab") * 3)


for _ in range(4):
    try:
        result = work()
        break
    except MemoryError:
        pass
print(result)
