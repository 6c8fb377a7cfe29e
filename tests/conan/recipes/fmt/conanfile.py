"""fmt, as this machine has it."""
import re

from conan import ConanFile


class Fmt(ConanFile):
    name = "fmt"
    python_requires = "installed/1.0"
    python_requires_extend = "installed.Installed"
    package_type = "shared-library"
    headers = ("fmt/base.h", "fmt/core.h")

    def read_version(self, text):
        found = re.search(r"#define FMT_VERSION (\d+)", text)
        number = int(found.group(1)) if found else 0
        return found and f"{number // 10000}.{number // 100 % 100}.{number % 100}"

    def package_info(self):
        self.cpp_info.set_property("cmake_target_name", "fmt::fmt")
        component = self.cpp_info.components["_fmt"]
        component.set_property("cmake_target_name", "fmt::fmt")
        self.fill(component, "fmt")
