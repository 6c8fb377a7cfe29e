// The one file that a host adds in the header-only mode.
#include <fullon_cache_api/src.hpp>
