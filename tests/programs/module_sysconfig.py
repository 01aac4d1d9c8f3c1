"""sysconfig and zoneinfo find what they need in the library of the binary."""
import sysconfig

print(sysconfig.get_config_var("TZPATH"), sysconfig.get_config_var("Py_GIL_DISABLED"), sysconfig.get_config_var("VERSION"))
print(sorted(sysconfig.get_paths()), sysconfig.get_python_version())

import zoneinfo

print(zoneinfo.TZPATH)
