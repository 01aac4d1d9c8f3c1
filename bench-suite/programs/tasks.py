"""Tasks that take turns: generators that are sent values, and `yield from`."""
from collections import deque


def producer(name, n):
    for k in range(n):
        yield "put", (name, k)


def worker(results):
    while True:
        item = yield "get", None
        if item is None:
            return
        yield from busy(item[1] % 3)
        results.append(item)


def busy(turns):
    for _ in range(turns):
        yield "pass", None


def run():
    items, results = deque(), []
    ready = deque([(producer("a", 300), None), (producer("b", 200), None), (worker(results), None), (worker(results), None)])
    makers, waiting = 2, deque()
    turns = 0
    while ready:
        task, value = ready.popleft()
        turns += 1
        try:
            wish, what = task.send(value)
        except StopIteration:
            if task.gi_code.co_name == "producer":
                makers -= 1
            if makers == 0:
                ready.extend((t, items.popleft() if items else None) for t in waiting)
                waiting.clear()
            continue
        if wish == "put":
            items.append(what)
            if waiting:
                ready.append((waiting.popleft(), items.popleft()))
            ready.append((task, None))
        elif wish == "get":
            if items or makers == 0:
                ready.append((task, items.popleft() if items else None))
            else:
                waiting.append(task)
        else:
            ready.append((task, None))
    return len(results), turns, results[-1], sum(k for _, k in results)
