// Boost.Redis, compiled once. A file of its own, so that the linker skips it where the host brings the same.
#include <boost/redis/src.hpp>
