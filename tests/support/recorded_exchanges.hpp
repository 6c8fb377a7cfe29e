// What the Python gateway was asked and answered, as recorded in tests/data/compat_dialect.
#pragma once

#include <string>
#include <vector>

namespace support {

struct recorded_exchange {
    std::string path;
    std::string note; ///< empty for streams
    std::string request;
    std::vector<std::string> replies; ///< of a query one; of a stream its acknowledgement and first messages
};

std::vector<recorded_exchange> recorded_queries();
std::vector<recorded_exchange> recorded_streams();

} // namespace support
