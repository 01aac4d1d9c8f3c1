"""Work that fails and is tried again: exceptions, context managers, finally."""
from contextlib import contextmanager


class Busy(Exception):
    pass


class Broken(Exception):
    def __init__(self, part):
        super().__init__(f"part {part} is broken")
        self.part = part


class Service:
    def __init__(self):
        self.calls, self.open, self.most = 0, 0, 0

    @contextmanager
    def session(self):
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            yield self
        finally:
            self.open -= 1

    def ask(self, n):
        self.calls += 1
        if self.calls % 7 == 0:
            raise Busy
        if n % 11 == 0:
            raise Broken(n)
        if n % 13 == 0:
            return 1 // (n % 13)
        return n


def patient(service, n, tries=3):
    for left in range(tries, 0, -1):
        try:
            with service.session() as s:
                return s.ask(n)
        except Busy:
            if left == 1:
                raise
        except Broken as e:
            raise LookupError(n) from e
    return None


def run():
    service, total = Service(), 0
    counts = {"lookup": 0, "zero": 0, "cause": 0}
    for n in range(1, 900):
        try:
            total += patient(service, n)
        except LookupError as e:
            counts["lookup"] += 1
            counts["cause"] += e.__cause__.part
        except ZeroDivisionError:
            counts["zero"] += 1
        else:
            total += 1
        finally:
            total ^= n & 3
    return total, counts, service.calls, service.open, service.most
