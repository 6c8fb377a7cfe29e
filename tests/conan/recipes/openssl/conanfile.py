"""OpenSSL, as this machine has it."""
import re

from conan import ConanFile


class OpenSSL(ConanFile):
    name = "openssl"
    python_requires = "installed/1.0"
    python_requires_extend = "installed.Installed"
    package_type = "shared-library"
    headers = ("openssl/opensslv.h",)

    def read_version(self, text):
        found = re.search(r'OPENSSL_VERSION_STR\s+"([\d.]+)"', text)
        return found and found.group(1)

    def package_info(self):
        self.cpp_info.set_property("cmake_find_mode", "both")
        self.cpp_info.set_property("cmake_file_name", "OpenSSL")
        for name, target in (("crypto", "OpenSSL::Crypto"), ("ssl", "OpenSSL::SSL")):
            component = self.cpp_info.components[name]
            component.set_property("cmake_target_name", target)
            self.fill(component, name)
        self.cpp_info.components["ssl"].requires = ["crypto"]
