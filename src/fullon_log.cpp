// Compiles the bodies of fullon_log.
#include <fullon_log/src.hpp>
