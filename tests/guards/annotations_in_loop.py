from __future__ import annotations

for i in range(30):
    x: int = i
    if i == 20:
        y: str = "y"
    del __annotations__["x"]
    __annotations__["x%d" % i] = i
print(x, y, len(__annotations__))
