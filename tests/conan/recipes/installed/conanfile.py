"""What the recipes beside this one have in common: a package of something that this machine has already.

It looks in the folders of FULLON_CONAN_ROOTS (run.sh sets it), in their order, and packages nothing. Names of
packages, components and CMake targets are those that public recipes have.
"""
import glob
import os

from conan import ConanFile
from conan.errors import ConanException
from conan.tools.scm import Version

COMPILERS_OWN = ("/usr", "/usr/local")  # looked through without being told


class Installed:
    minimum = "0"

    def _find(self):
        """The first root with headers that are new enough, and their version."""
        for root in filter(None, os.environ.get("FULLON_CONAN_ROOTS", "").split(":")):
            for header in self.headers:
                path = os.path.join(root, "include", header)
                if os.path.exists(path):
                    with open(path, encoding="utf-8") as file:
                        version = self.read_version(file.read())
                    if version and Version(version) >= self.minimum:
                        return root, version
        raise ConanException(f"no {self.name} {self.minimum} or newer here; cmake/setup.sh gets it")

    def set_version(self):
        self.version = self._find()[1]

    def package_id(self):
        self.info.clear()

    def _folder(self, *patterns):
        root = self._find()[0]
        return [folder for pattern in patterns for folder in glob.glob(os.path.join(root, pattern))]

    def has_shared(self, library):
        return bool(self._folder(f"lib/lib{library}.so", f"lib/*/lib{library}.so"))

    def fill(self, info, *libraries):
        """Tells where the headers are, and which libraries to link."""
        info.bindirs = info.libdirs = info.includedirs = []
        if self._find()[0] in COMPILERS_OWN:
            info.system_libs = list(libraries)
            return
        info.includedirs = self._folder("include")
        info.libdirs = self._folder("lib", "lib/*-linux-gnu")
        info.libs = list(libraries)


class InstalledRecipe(ConanFile):
    name = "installed"
    version = "1.0"
    package_type = "python-require"
