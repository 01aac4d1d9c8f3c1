"""Stock of a shop: dataclasses, enums, properties, comparison, sorting by several keys."""
from dataclasses import dataclass, field, replace
from enum import Enum


class Kind(Enum):
    TOOL = "tool"
    SEED = "seed"
    BOOK = "book"


@dataclass(order=True, frozen=True)
class Item:
    kind_name: str
    price: int
    name: str = field(compare=False)
    kind: Kind = field(compare=False, repr=False)

    @property
    def with_tax(self):
        return self.price * (107 if self.kind is Kind.BOOK else 119) // 100


@dataclass
class Stock:
    counts: dict = field(default_factory=dict)

    def add(self, item, n=1):
        self.counts[item] = self.counts.get(item, 0) + n
        return self

    @property
    def value(self):
        return sum(item.with_tax * n for item, n in self.counts.items())


def run():
    stock, kinds = Stock(), list(Kind)
    for n in range(150):
        kind = kinds[n % 3]
        item = Item(kind.value, n * 37 % 101 + 1, f"{kind.name.title()} {n % 40}", kind)
        stock.add(item, n % 5 + 1)
        if n % 7 == 0:
            stock.add(replace(item, price=item.price + 5))
    best = sorted(stock.counts, reverse=True)[:2]
    return len(stock.counts), stock.value, [repr(i) for i in best]
