"""Float arithmetic on the fields of a hundred objects."""
import sys
from time import process_time


class Body:
    def __init__(self, x, y, vx, vy):
        self.x = x
        self.y = y
        self.vx = vx
        self.vy = vy


def run(bodies, steps, dt):
    energy = 0.0
    for s in range(steps):
        energy = 0.0
        for b in bodies:
            b.vx = b.vx - b.x * dt
            b.vy = b.vy - b.y * dt
            b.x = b.x + b.vx * dt
            b.y = b.y + b.vy * dt
            energy = energy + b.vx * b.vx + b.vy * b.vy
    return energy


bodies = [Body(i * 0.5, 50.0 - i * 0.25, 0.0, 1.0) for i in range(100)]
begun = process_time()
energy = run(bodies, int(sys.argv[1]), 0.001)
seconds = process_time() - begun
print(f"{energy:.9g}\n{seconds:.6f}")
