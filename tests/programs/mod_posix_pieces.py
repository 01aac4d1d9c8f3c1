# os.readv, writev, preadv, pwritev: pieces of objects that live only while they are lent, and more than there is memory for.
import gc
import os
import resource
import tempfile


class Exporter:
    """A buffer that nobody but the loan keeps."""

    released = 0

    def __init__(self, data):
        self.data = data

    def __buffer__(self, flags):
        gc.collect()
        return memoryview(bytearray(self.data) if isinstance(self.data, bytes) else self.data)

    def __release_buffer__(self, view):
        Exporter.released += 1


def error(function, *args):
    try:
        return function(*args)
    except Exception as e:
        return type(e).__name__, str(e)


with tempfile.TemporaryFile() as file:
    fd = file.fileno()
    print(os.writev(fd, [Exporter(b"one "), b"two ", Exporter(b"three "), memoryview(b"four")]))
    print(os.pwritev(fd, [b"ONE", Exporter(b"-")], 0))
    kept = [bytearray(4), bytearray(3)]
    print(os.preadv(fd, [Exporter(kept[0]), kept[1]], 0), kept)
    os.lseek(fd, 0, 0)
    print(os.readv(fd, [Exporter(bytearray(2)), kept[0], Exporter(b"lost")]), kept)
    print(Exporter.released)
    # While a piece is lent nothing is resized, and afterwards it may be.
    kept[0].extend(b"more")
    print(error(os.readv, fd, [kept[0], b"read-only"]))
    kept[0].extend(b"more")
    print(kept[0])
    print(error(os.writev, fd, 5))
    print(error(os.writev, fd, [b"a", "b"]))
    print(error(os.readv, fd, {}))
    print(os.writev(fd, []), os.writev(fd, ()))

# More pieces than the kernel takes, and with memory for half of them: an error, and the program goes on.
if os.fork() == 0:
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    pieces = [b""] * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (used + (60 << 20),) * 2)
    try:
        os.writev(1, pieces)
    except (MemoryError, OSError):
        pieces = None
        os.write(1, b"refused\n")
    os._exit(0)
print(os.wait()[1])
