// Boost.JSON, compiled once. A file of its own, so that the linker skips it where the host brings the same.
#include <boost/json/src.hpp>
