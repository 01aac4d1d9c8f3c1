"""The library in the binary as a directory on sys.path.

Its files lie in the directory sys._stdlib_dir, which no file system has. A hook in sys.path_hooks knows it, and gives
a finder for it and for the directories of the packages below. Modules on earlier entries of sys.path hide the
library's, as they do where the library lies on a disk.
"""

import _imp
import sys

import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _external


class EmbeddedFinder:
    """Finds modules in one directory of the library in the binary."""

    def __init__(self, path):
        below = _imp._embedded_below(path) if isinstance(path, str) else None
        if below is None:
            raise ImportError('only the directories of the embedded library are supported', path=path)
        self.path = path
        self._prefix = below + '/' if below else ''

    def find_spec(self, fullname, target=None):
        key = self._prefix + fullname.rpartition('.')[2]
        package = _imp._embedded_find(key)
        if package is None:
            return None
        base = f'{sys._stdlib_dir}/{key}'
        path = f'{base}/__init__.py' if package else f'{base}.py'
        spec = _bootstrap.ModuleSpec(fullname, EmbeddedLoader(fullname, path), origin=path, is_package=package)
        spec._set_fileattr = True
        if package:
            spec.submodule_search_locations.append(base)
        return spec

    def invalidate_caches(self):
        """Nothing changes in a binary."""

    def iter_modules(self, prefix=''):
        """Names for pkgutil."""
        for name, package in _imp._embedded_modules(self._prefix):
            yield prefix + name, package

    def __repr__(self):
        return f'EmbeddedFinder({self.path!r})'


class EmbeddedLoader(_external.SourceFileLoader):
    """Loads a module of the library in the binary."""

    def get_code(self, fullname):
        return _imp._embedded_code(self.path)

    def get_data(self, path):
        return _imp._embedded_data(path)

    def path_stats(self, path):
        return {'mtime': 0, 'size': len(self.get_data(path))}

    def set_data(self, path, data, *, _mode=0o666):
        """There is nothing to cache."""

    def _cache_bytecode(self, source_path, bytecode_path, data):
        """There is nothing to cache."""

    def get_resource_reader(self, name=None):
        from _embedded_resources import EmbeddedReader
        return EmbeddedReader(self.path.rpartition('/')[0])


def _zip_hook(path):
    """zipimport.zipimporter, imported when a path entry is a file."""
    if not isinstance(path, str) or not _external._path_isfile(path):
        raise ImportError('not a Zip file', path=path)
    from zipimport import zipimporter
    return zipimporter(path)


def _install():
    sys.path_hooks[:0] = [_zip_hook, EmbeddedFinder]
