"""CPython's C functions for the tests of `ctypes`, which are in an extension module of its own.

The tests load the module's file as a library, which needs none of what the file takes from Python's C API. But the loader
refuses a library that has names nobody defines: so a library is made first (with `cc`) that defines them.
"""

import ctypes
import glob
import os
import subprocess
import tempfile

NAMES = """
    PyArg_ParseTuple PyBytes_FromStringAndSize PyErr_Format PyErr_SetString PyExc_TypeError PyExc_ValueError PyList_Append
    PyList_New PyLong_FromLong PyLong_FromLongLong PyLong_FromUnsignedLongLong PyModuleDef_Init PyType_GetFlags
    PyUnicode_CompareWithASCIIString PyUnicode_FromString Py_GetConstantBorrowed _Py_DecRef
""".split()


def _load(path):
    with tempfile.TemporaryDirectory() as folder:
        library = os.path.join(folder, "names.so")
        kinds = {True: "void *{};\n", False: "long {}(void) {{ return 0; }}\n"}
        source = "".join(kinds[name.startswith("PyExc_")].format(name) for name in NAMES)
        # The file is loaded as part of a library that has the names, which nobody else sees.
        command = ["cc", "-shared", "-fPIC", "-Wl,--no-as-needed", "-x", "c", "-", "-x", "none", path, "-o", library]
        try:
            subprocess.run(command, input=source, text=True, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as e:
            raise ImportError("no C compiler") from e
        # Both stay loaded without the library's file.
        ctypes.CDLL(library)


def _find():
    pattern = os.path.join(os.path.dirname(os.__file__), "lib-dynload", "_ctypes_test.*.so")
    found = glob.glob(pattern)
    if not found:
        raise ImportError(f"no {pattern}")
    return found[0]


__file__ = _find()
_load(__file__)
