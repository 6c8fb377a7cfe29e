// How a call ended, for who made it: over a connection or in process. Sans-io.
#pragma once

#include <boost/system/error_code.hpp>

#include <optional>
#include <string>

namespace fullon_cache_api::detail {

/// Neither a result nor a failure: what was asked for is not there.
template <class Result>
struct call_reply {
    std::optional<Result> result{};
    boost::system::error_code failure{};
    std::string text{}; ///< of the failure, or of what is not there
};

/// Where the result goes elsewhere, or there is none.
template <>
struct call_reply<void> {
    boost::system::error_code failure{};
    std::string text{};
};

} // namespace fullon_cache_api::detail
