"""Sun and planets by the leapfrog method: attributes that are floats."""


class Body:
    __slots__ = ("x", "y", "z", "vx", "vy", "vz", "mass")

    def __init__(self, x, y, z, vx, vy, vz, mass):
        self.x, self.y, self.z = x, y, z
        self.vx, self.vy, self.vz = vx, vy, vz
        self.mass = mass


def bodies():
    yield Body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.47841760435743)
    yield Body(4.8414, -1.1603, -0.1036, 0.6063, 2.8120, -0.0252, 0.037694)
    yield Body(8.3434, 4.1248, -0.4035, -1.0107, 1.8256, 0.0084, 0.011286)
    yield Body(12.8944, -15.1112, -0.2233, 1.0828, 0.8687, -0.0108, 0.001724)
    yield Body(15.3797, -25.9193, 0.1793, 0.9792, 0.5946, -0.0347, 0.002034)


def energy(system):
    total = 0.0
    for i, a in enumerate(system):
        total += 0.5 * a.mass * (a.vx**2 + a.vy**2 + a.vz**2)
        for b in system[i + 1 :]:
            total -= a.mass * b.mass / ((a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2) ** 0.5
    return total


def advance(system, pairs, dt):
    for a, b in pairs:
        dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
        d2 = dx * dx + dy * dy + dz * dz
        pull = dt / (d2 * d2**0.5)
        a.vx -= dx * b.mass * pull
        a.vy -= dy * b.mass * pull
        a.vz -= dz * b.mass * pull
        b.vx += dx * a.mass * pull
        b.vy += dy * a.mass * pull
        b.vz += dz * a.mass * pull
    for body in system:
        body.x += dt * body.vx
        body.y += dt * body.vy
        body.z += dt * body.vz


def run():
    system = list(bodies())
    pairs = [(a, b) for i, a in enumerate(system) for b in system[i + 1 :]]
    for _ in range(1000):
        advance(system, pairs, 0.01)
    return f"{energy(system):.9f}"
