"""A picture of spheres by following rays: vectors with operators."""


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x, self.y, self.z = x, y, z

    def __add__(self, o):
        return Vector(self.x + o.x, self.y + o.y, self.z + o.z)

    def __sub__(self, o):
        return Vector(self.x - o.x, self.y - o.y, self.z - o.z)

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k, self.z * k)

    def dot(self, o):
        return self.x * o.x + self.y * o.y + self.z * o.z

    def unit(self):
        return self * (1 / self.dot(self) ** 0.5)


class Sphere:
    def __init__(self, centre, radius, shine):
        self.centre, self.radius, self.shine = centre, radius, shine

    def hit(self, origin, way):
        to = self.centre - origin
        along = to.dot(way)
        rest = self.radius * self.radius - to.dot(to) + along * along
        if rest < 0:
            return None
        distance = along - rest**0.5
        return distance if distance > 1e-6 else None


LIGHT = Vector(-1.0, 2.0, -1.5).unit()
SCENE = [Sphere(Vector(0.0, -100.5, 3.0), 100.0, 0.0)]
SCENE += [Sphere(Vector(k - 1.0, 0.2 * k, 3.0 + k), 0.6, 0.4) for k in range(3)]


def trace(origin, way, depth):
    nearest, sphere = None, None
    for s in SCENE:
        distance = s.hit(origin, way)
        if distance is not None and (nearest is None or distance < nearest):
            nearest, sphere = distance, s
    if sphere is None:
        return 0.5 + 0.5 * way.y
    point = origin + way * nearest
    normal = (point - sphere.centre).unit()
    light = max(0.0, normal.dot(LIGHT))
    if light and any(s.hit(point, LIGHT) is not None for s in SCENE if s is not sphere):
        light = 0.0
    if sphere.shine and depth < 3:
        mirrored = way - normal * (2 * way.dot(normal))
        light += sphere.shine * trace(point, mirrored, depth + 1)
    return 0.1 + 0.8 * light


def run():
    size, total = 24, 0.0
    eye = Vector(0.0, 0.0, -1.0)
    for y in range(size):
        for x in range(size):
            way = Vector(x / size * 2 - 1, 1 - y / size * 2, 2.0).unit()
            total += trace(eye, way, 0) * (x + 1)
    return f"{total:.6f}"
