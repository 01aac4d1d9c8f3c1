"""Float arithmetic on the fields of objects."""


class Body:
    def __init__(self, x, v):
        self.x = x
        self.v = v


def setup():
    return Body(1.0, 0.5), 0.001


def f(body, dt, n):
    while n > 0:
        body.v = body.v - body.x * dt
        body.x = body.x + body.v * dt
        n = n - 1
    return body.x


COMPILED = f
