"""Lines of a server's log, taken apart by a regular expression and summed up."""
import re
from collections import Counter

LINE = re.compile(
    r'(?P<host>\d+\.\d+\.\d+\.\d+) - (?P<user>\S+) \[(?P<day>\d+)/(?P<month>\w+)/(?P<year>\d+):(?P<time>[\d:]+)\] '
    r'"(?P<method>[A-Z]+) (?P<path>[^" ?]+)(?:\?(?P<query>[^" ]*))? HTTP/[\d.]+" (?P<status>\d{3}) (?P<size>\d+|-)'
)


def log(n):
    for k in range(n):
        query = f"?page={k % 9}&sort=name" if k % 3 == 0 else ""
        yield (
            f'10.0.{k % 4}.{k * 7 % 250} - {"ann" if k % 5 else "-"} [{k % 28 + 1:02}/Nov/2026:{k % 24:02}:{k % 60:02}:00] '
            f'"{"GET" if k % 6 else "POST"} /{("index", "list", "item")[k % 3]}/{k % 12}{query} HTTP/1.1" '
            f'{(200, 200, 304, 404)[k % 4]} {"-" if k % 4 == 2 else k * 31 % 5000}'
        )


def run():
    by_path, by_status, by_host, size = Counter(), Counter(), Counter(), 0
    for line in log(400):
        m = LINE.match(line)
        by_path[m["path"]] += 1
        by_status[m["status"]] += 1
        by_host[m["host"].rpartition(".")[0]] += 1
        size += int(m["size"]) if m["size"] != "-" else 0
        if m["query"]:
            by_path.update(f"{m['path']}?{k}" for k, _, v in (p.partition("=") for p in m["query"].split("&")) if v)
    return size, sorted(by_status.items()), sorted(by_host.items()), by_path.most_common(1)[0][1]
