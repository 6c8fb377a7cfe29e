"""Conan 2 recipe. How its packages are used: README.md, "Conan"; how it is tested: tests/conan/run.sh."""
import os
import re

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir
from conan.tools.scm import Version

required_conan_version = ">=2.0"

# The targets of CMakeLists.txt, and what each of them links.
COMPONENTS = {
    "fullon_boost": ["boost::headers", "openssl::ssl", "openssl::crypto"],
    "fullon_log": ["fmt::fmt", "spdlog::spdlog"],
    "fullon_coro": ["fullon_log", "fullon_boost"],
    "fullon_orm": ["fullon_log", "fullon_boost"],
    "fullon_cache": ["fullon_coro", "fullon_orm", "openssl::ssl", "openssl::crypto"],
    "fullon_cache_api": ["fullon_cache", "openssl::ssl", "openssl::crypto"],
    "fullon_documentation": [],
}
MIN_COMPILER = {"gcc": "12", "clang": "15"}


class FullonCacheApi(ConanFile):
    name = "fullon_cache_api"
    license = "MIT"
    author = "The fullon_cache_api authors"
    description = "Read-only, real-time API over the Redis cache of a trading system"
    topics = ("redis", "websocket", "rest", "coroutines", "trading")

    package_type = "library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"shared": [True, False], "fPIC": [True, False], "header_only": [True, False]}
    # Boost's headers are all that is used: its sources are compiled into fullon_boost, or by the host.
    default_options = {"shared": False, "fPIC": True, "header_only": False, "boost/*:header_only": True}
    # Removes the options that mean nothing beside shared or header_only.
    implements = ["auto_shared_fpic"]

    exports_sources = ("CMakeLists.txt", "LICENSE", "cmake/*.cmake", "cmake/*.in", "include/*", "src/*",
                       "!src/programs/*")

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, "include", self.name, "version.hpp"))
        self.version = re.search(r'version = "(\d+\.\d+\.\d+)"', header).group(1)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        # From the minimum of cmake/dependencies.cmake, where it has one, to the newest that is tested.
        # Boost promises no binary compatibility between versions: another one is another package.
        self.requires("boost/[>=1.86 <2]", transitive_headers=True, package_id_mode="full_version_mode")
        self.requires("openssl/[>=3 <4]", transitive_headers=True, transitive_libs=True)
        self.requires("fmt/[>=9 <13]", transitive_headers=True, transitive_libs=True)
        # Only bodies include it, and those are the host's where nothing is compiled here.
        self.requires("spdlog/[>=1.10 <2]", transitive_headers=bool(self.options.header_only))

    def package_id(self):
        if self.info.options.header_only:
            self.info.clear()
        else:
            # CMake makes position-independent code in any case: plugins may link the static libraries.
            self.info.options.rm_safe("fPIC")

    def validate(self):
        if self.settings.os != "Linux":
            raise ConanInvalidConfiguration(f"{self.ref} runs on Linux only, not on {self.settings.os}")
        compiler = str(self.settings.compiler)
        if compiler not in MIN_COMPILER:
            raise ConanInvalidConfiguration(f"{self.ref} needs gcc or clang, not {compiler}")
        version, minimum = Version(self.settings.compiler.version), MIN_COMPILER[compiler]
        if version < minimum:
            raise ConanInvalidConfiguration(f"{self.ref} needs {compiler} {minimum} or newer, not {version}")
        if not self.settings.get_safe("compiler.cppstd"):
            raise ConanInvalidConfiguration(f"{self.ref} needs C++20: set compiler.cppstd=20 in the profile")
        check_min_cppstd(self, 20)

    def generate(self):
        if self.options.header_only:
            return
        toolchain = CMakeToolchain(self)
        # The project has presets of its own; nothing is written beside them.
        toolchain.user_presets_path = False
        for part in ("BUILD_PROGRAMS", "BUILD_TESTS", "BUILD_EXAMPLES", "BUILD_BENCH", "BUILD_FUZZ",
                     "WARNINGS_AS_ERRORS"):
            toolchain.cache_variables[f"FULLON_CACHE_API_{part}"] = False
        toolchain.cache_variables["FULLON_CACHE_API_INSTALL"] = True
        # A package must not depend on what the machine that builds it happens to have.
        toolchain.cache_variables["FULLON_CACHE_API_DOCUMENTATION"] = "NONE"
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        if self.options.header_only:
            return
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        if self.options.header_only:
            # What cmake/install.cmake installs of include/; its rules for libraries need libraries.
            for pattern in ("*.hpp", "*.ipp"):
                copy(self, pattern, os.path.join(self.source_folder, "include"),
                     os.path.join(self.package_folder, "include"))
            return
        CMake(self).install()
        # CMakeDeps writes the CMake package for whoever uses this one, and the licence stands in licenses/.
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "share"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", self.name)
        # Everything at once. Its usual name, fullon_cache_api::fullon_cache_api, is that of a component here.
        self.cpp_info.set_property("cmake_target_name", f"{self.name}::all")
        for name, requires in COMPONENTS.items():
            if self.options.header_only and name == "fullon_documentation":
                continue  # one compiled file, and nothing else
            component = self.cpp_info.components[name]
            component.set_property("cmake_target_name", f"{self.name}::{name}")
            component.requires = requires
            component.bindirs = []
            if self.options.header_only:
                component.libdirs = []
            else:
                component.libs = [name]
        boost = self.cpp_info.components["fullon_boost"]
        # Every file that includes Asio or Beast must agree on them.
        boost.defines = ["BOOST_ASIO_SEPARATE_COMPILATION", "BOOST_BEAST_SEPARATE_COMPILATION",
                         "BOOST_ASIO_DISABLE_ERROR_LOCATION"]
        boost.system_libs = ["pthread"]
