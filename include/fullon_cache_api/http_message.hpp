// HTTP messages as plain structs: what the gateway takes and returns, independent of any HTTP library.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api {

/// Header fields in the order of the message, as pairs of name and value. A name may occur more than once;
/// names are compared without regard to case.
using http_headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first field of that name; empty where there is none. The view is valid as long as
/// `headers` is not changed.
std::string_view find_header(const http_headers& headers, std::string_view name) noexcept;

/// The values of all fields of that name, joined to one list; empty where there is none. For fields that are
/// lists, such as `If-None-Match`.
std::string list_header(const http_headers& headers, std::string_view name);

/// Whether there is a field of that name, also with an empty value.
bool has_header(const http_headers& headers, std::string_view name) noexcept;

/// A request as cache_gateway::handle() takes it. It has no body: the gateway is read-only.
///
/// \code
/// http_request request{.method = "GET", .target = "/api/v1/cache/ohlcv/BTC-USDT/1h?count=24"};
/// request.headers.emplace_back("If-None-Match", tag);
/// \endcode
struct http_request {
    std::string method; ///< as it was sent, such as "GET"; case counts
    std::string target; ///< path and query as they were sent, percent-encoded
    http_headers headers{};
};

/// An answer of cache_gateway::handle(). Whoever sends it adds `Content-Length` (the size of `body`, also for
/// HEAD), `Date` and `Connection`.
struct http_response {
    unsigned status = 200; ///< HTTP status
    http_headers headers{}; ///< without those named above
    std::string body{}; ///< for HEAD the body that GET would have: not to be sent
};

} // namespace fullon_cache_api
