"""A shop with several tills, event by event: objects, properties, a heap with ties."""
import heapq
from collections import deque
from itertools import count


class Customer:
    def __init__(self, number, arrives, items):
        self.number, self.arrives, self.items = number, arrives, items
        self.leaves = None

    @property
    def waited(self):
        return self.leaves - self.arrives


class Till:
    def __init__(self, speed):
        self.speed = speed
        self.queue = deque()

    @property
    def load(self):
        return sum(c.items for c in self.queue) / self.speed


class Shop:
    def __init__(self, speeds):
        self.tills = [Till(s) for s in speeds]
        self.events, self.order, self.done = [], count(), []

    def at(self, time, what, *about):
        heapq.heappush(self.events, (time, next(self.order), what, about))

    def arrive(self, now, customer):
        till = min(self.tills, key=lambda t: t.load)
        till.queue.append(customer)
        if len(till.queue) == 1:
            self.at(now + customer.items / till.speed, self.leave, till)

    def leave(self, now, till):
        customer = till.queue.popleft()
        customer.leaves = now
        self.done.append(customer)
        if till.queue:
            self.at(now + till.queue[0].items / till.speed, self.leave, till)

    def open(self):
        while self.events:
            now, _, what, about = heapq.heappop(self.events)
            what(now, *about)


def run():
    shop, time = Shop([1.0, 1.5, 2.0]), 0.0
    for n in range(300):
        time += (n * 37 % 11) / 4
        shop.at(time, shop.arrive, Customer(n, time, n * 53 % 17 + 1))
    shop.open()
    return len(shop.done), f"{sum(c.waited for c in shop.done):.4f}", f"{max(c.waited for c in shop.done):.4f}"
