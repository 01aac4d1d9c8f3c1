"""The orbits of the Sun and the four giant planets, by the symplectic leapfrog method.

    brolga examples/nbody.py [steps]

Prints the energy of the whole system before and after. Nothing flows in or out, so the two must agree closely: how far
they are apart is the error of the method.

Units: astronomical units, years, and masses such that the Sun's is 4 pi squared (then the constant of gravity is 1).
"""

import sys

DAYS_PER_YEAR = 365.24
SOLAR_MASS = 4 * 3.141592653589793**2
TIME_STEP = 0.01


class Body:
    __slots__ = ("mass", "vx", "vy", "vz", "x", "y", "z")

    def __init__(self, position, velocity, mass):
        """Position in astronomical units, velocity in those per day, mass in suns."""
        self.x, self.y, self.z = position
        self.vx, self.vy, self.vz = (v * DAYS_PER_YEAR for v in velocity)
        self.mass = mass * SOLAR_MASS


def solar_system():
    sun = Body((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0)
    jupiter = Body(
        (4.84143144246472090e00, -1.16032004402742839e00, -1.03622044471123109e-01),
        (1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05),
        9.54791938424326609e-04,
    )
    saturn = Body(
        (8.34336671824457987e00, 4.12479856412430479e00, -4.03523417114321381e-01),
        (-2.76742510726411230e-03, 4.99852801234917238e-03, 2.30417297573763929e-05),
        2.85885980666130812e-04,
    )
    uranus = Body(
        (1.28943695621391310e01, -1.51111514016986312e01, -2.23307578892655734e-01),
        (2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05),
        4.36624404335156298e-05,
    )
    neptune = Body(
        (1.53796971148509165e01, -2.59193146099879641e01, 1.79258772950371181e-01),
        (2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05),
        5.15138902046611451e-05,
    )
    return [sun, jupiter, saturn, uranus, neptune]


def rest(bodies):
    """Gives the Sun the speed at which the system as a whole stands still."""
    sun = bodies[0]
    sun.vx = -sum(b.vx * b.mass for b in bodies) / SOLAR_MASS
    sun.vy = -sum(b.vy * b.mass for b in bodies) / SOLAR_MASS
    sun.vz = -sum(b.vz * b.mass for b in bodies) / SOLAR_MASS


def pairs_of(items):
    return [(a, b) for i, a in enumerate(items) for b in items[i + 1 :]]


def energy(bodies, pairs):
    total = 0.0
    for b in bodies:
        total += 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz)
    for a, b in pairs:
        dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        total -= a.mass * b.mass / (dx * dx + dy * dy + dz * dz) ** 0.5
    return total


def advance(bodies, pairs, steps, dt):
    for _ in range(steps):
        for a, b in pairs:
            dx = a.x - b.x
            dy = a.y - b.y
            dz = a.z - b.z
            pull = dt * (dx * dx + dy * dy + dz * dz) ** -1.5
            by_b = b.mass * pull
            by_a = a.mass * pull
            a.vx -= dx * by_b
            a.vy -= dy * by_b
            a.vz -= dz * by_b
            b.vx += dx * by_a
            b.vy += dy * by_a
            b.vz += dz * by_a
        for b in bodies:
            b.x += dt * b.vx
            b.y += dt * b.vy
            b.z += dt * b.vz


def main():
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    bodies = solar_system()
    pairs = pairs_of(bodies)
    rest(bodies)
    print(f"{energy(bodies, pairs):.9f}")
    advance(bodies, pairs, steps, TIME_STEP)
    print(f"{energy(bodies, pairs):.9f}")


if __name__ == "__main__":
    main()
