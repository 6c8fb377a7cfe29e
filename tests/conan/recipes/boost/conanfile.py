"""Boost's headers, as this machine has them."""
import re

from conan import ConanFile


class Boost(ConanFile):
    name = "boost"
    options = {"header_only": [True, False]}
    default_options = {"header_only": False}
    python_requires = "installed/1.0"
    python_requires_extend = "installed.Installed"
    headers = ("boost/version.hpp",)
    minimum = "1.86"

    def read_version(self, text):
        number = int(re.search(r"#define BOOST_VERSION (\d+)", text).group(1))
        return f"{number // 100000}.{number // 100 % 1000}.{number % 100}"

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "Boost")
        self.cpp_info.set_property("cmake_target_name", "Boost::boost")
        headers = self.cpp_info.components["headers"]
        headers.set_property("cmake_target_name", "Boost::headers")
        self.fill(headers)
