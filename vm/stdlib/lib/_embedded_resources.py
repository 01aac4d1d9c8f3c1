"""importlib.resources for the library in the binary."""

import _imp
import io
import os
from importlib.resources.abc import Traversable, TraversableResources


class EmbeddedPath(Traversable):
    """A file or directory of the library in the binary."""

    def __init__(self, path):
        self._path = path

    @property
    def name(self):
        return self._path.rpartition('/')[2]

    def iterdir(self):
        names = _imp._embedded_list(self._path)
        if names is None:
            raise NotADirectoryError(self._path)
        for name in names:
            yield EmbeddedPath(f'{self._path}/{name.rstrip("/")}')

    def is_dir(self):
        return _imp._embedded_list(self._path) is not None

    def is_file(self):
        try:
            _imp._embedded_data(self._path)
        except OSError:
            return False
        return True

    def joinpath(self, *descendants):
        parts = '/'.join(os.fspath(part) for part in descendants)
        return EmbeddedPath(os.path.normpath(f'{self._path}/{parts}')) if parts else self

    __truediv__ = joinpath

    def read_bytes(self):
        return _imp._embedded_data(self._path)

    def open(self, mode='r', *args, **kwargs):
        stream = io.BytesIO(self.read_bytes())
        if 'b' in mode:
            return stream
        return io.TextIOWrapper(stream, *args, **kwargs)

    def __str__(self):
        return self._path

    def __repr__(self):
        return f'EmbeddedPath({self._path!r})'

    def __eq__(self, other):
        return isinstance(other, EmbeddedPath) and self._path == other._path

    def __hash__(self):
        return hash(self._path)


class EmbeddedReader(TraversableResources):
    def __init__(self, path):
        self._path = path

    def files(self):
        return EmbeddedPath(self._path)
