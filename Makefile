# Thin face over the CMake presets: `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup build dev demo test check format format-check lint bench coverage clean

SHELL := /bin/bash
JOBS ?= $(shell nproc)
TEST_JOBS ?= 2

# What setup.sh unpacked where the distribution is too old; CMake reads the variable from the environment.
PREFIX := $(shell cmake/setup.sh --print-prefix)
export CMAKE_PREFIX_PATH := $(PREFIX)$(if $(CMAKE_PREFIX_PATH),:$(CMAKE_PREFIX_PATH))

# The newest of NAME-30 ... NAME-15, or NAME; one clang-format version everywhere keeps one format.
newest = $(firstword $(foreach v,19 $(shell seq 30 -1 15),$(shell command -v $(1)-$(v))) $(shell command -v $(1)))
# Sanitized builds take half the time with clang, and it is a second compiler over the same code.
CLANGXX = $(call newest,clang++)
sanitizer_compiler = $(if $(CLANGXX),-DCMAKE_CXX_COMPILER=$(CLANGXX))

sources = $(shell git ls-files --cached --others --exclude-standard -- '*.hpp' '*.ipp' '*.cpp')

define compile # preset, more arguments
	cmake --preset $(1) $(2) >build/$(1).configure.log 2>&1 || { cat build/$(1).configure.log; exit 1; }
	cmake --build --preset $(1) --parallel $(JOBS)
endef

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the build, its checks and measurements need (asks nothing)
	cmake/setup.sh --tools

# Silent and quick when nothing is missing. `ready` is what a build needs; `tools` also clang, formatter and the rest.
.PHONY: ready tools
ready:
	@cmake/setup.sh
	@mkdir -p build
tools:
	@cmake/setup.sh --tools
	@mkdir -p build

build: ready ## release build: build/release
	$(call compile,release)

dev: ready ## debug build with assertions, and the unit tests
	$(call compile,debug)
	ctest --preset debug --label-regex unit_tests

demo: ready ## live prices from a real Redis through the server to a client, about 20 seconds
	cmake --preset release >build/release.configure.log 2>&1 || { cat build/release.configure.log; exit 1; }
	cmake --build --preset release --parallel $(JOBS) --target demo
	build/release/bin/demo

test: build ## release build and all tests
	ctest --preset release --parallel $(TEST_JOBS); code=$$?; \
	    sed -n '/^skipped: /p' build/release/Testing/Temporary/LastTest.log; exit $$code

check: format-check lint asan tsan ## format, lint, and the tests under ASan + UBSan and under TSan

.PHONY: asan tsan fuzz
asan tsan: tools
	$(call compile,$@,$(sanitizer_compiler))
	ctest --preset $@ --parallel $(TEST_JOBS)

FUZZ_SECONDS ?= 60
fuzz: tools ## every fuzzer for FUZZ_SECONDS
	$(call compile,fuzz,$(sanitizer_compiler))
	tests/fuzz/run.sh build/fuzz/bin $(FUZZ_SECONDS)

# What it runs, and what shortens each part: tests/nightly.sh.
.PHONY: nightly
nightly: FUZZ_SECONDS := $(if $(filter file,$(origin FUZZ_SECONDS)),1800,$(FUZZ_SECONDS))
nightly: tools build ## the long runs: property test, soak, faults, fuzzers, Conan, benchmarks; hours
	$(call compile,fuzz,$(sanitizer_compiler))
	FUZZ_SECONDS=$(FUZZ_SECONDS) tests/nightly.sh build/release/bin build/fuzz/bin

format: tools ## format all sources
	$(call newest,clang-format) -i $(sources)

format-check: tools ## say which sources are not formatted
	$(call newest,clang-format) --dry-run -Werror $(sources)

lint: tools build ## clang-tidy over the project's sources (those changed, where CHANGED=<git revision> is given)
	cmake/lint.sh $(call newest,clang-tidy) build/release $(JOBS) $(CHANGED)

.PHONY: docs-check
docs-check: ## fetch the public validators, and check documents, routes and pages with them
	cmake/setup.sh --docs-tools
	$(call compile,release)
	ctest --preset release --label-regex docs --verbose

.PHONY: conan
conan: ready ## Conan packages: static, shared and header-only, each made and used by a program
	JOBS=$(JOBS) tests/conan/run.sh build/conan static shared header_only || (($$? == 77)) # it says why

bench: export BENCH_RESULTS := build/bench/results.json
bench: tools build ## run the benchmarks (rows also in build/bench/results.json), and measure what including the headers costs
	tests/bench/compile_times.sh build/release
	@shopt -s nullglob; for program in build/release/bin/bench_*; do \
	    echo "== $$program"; "$$program" || exit 1; done

coverage: tools ## tests with coverage: build/coverage/report/index.html
	$(call compile,coverage)
	find build/coverage -name '*.gcda' -delete
	ctest --preset coverage --parallel $(TEST_JOBS)
	mkdir -p build/coverage/report
	gcovr --root . --object-directory build/coverage --filter 'include/' --filter 'src/' --exclude 'src/third_party/' \
	    --exclude-unreachable-branches --exclude-throw-branches --print-summary \
	    --html-details build/coverage/report/index.html

clean: ## remove all builds
	rm -rf build
