"""spdlog, as this machine has it."""
import re

from conan import ConanFile


class Spdlog(ConanFile):
    name = "spdlog"
    python_requires = "installed/1.0"
    python_requires_extend = "installed.Installed"
    package_type = "shared-library"
    headers = ("spdlog/version.h",)

    def requirements(self):
        self.requires("fmt/[>=9]", transitive_headers=True, transitive_libs=True)

    def read_version(self, text):
        return ".".join(re.search(rf"SPDLOG_VER_{part} (\d+)", text).group(1)
                        for part in ("MAJOR", "MINOR", "PATCH"))

    def package_info(self):
        self.cpp_info.set_property("cmake_target_name", "spdlog::spdlog")
        component = self.cpp_info.components["libspdlog"]
        component.set_property("cmake_target_name", "spdlog::spdlog")
        component.requires = ["fmt::fmt"]
        component.defines = ["SPDLOG_COMPILED_LIB", "SPDLOG_FMT_EXTERNAL"]
        if self.has_shared("spdlog"):
            component.defines.append("SPDLOG_SHARED_LIB")
        self.fill(component, "spdlog")
