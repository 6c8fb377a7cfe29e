// HTTP messages as plain structs: what the gateway takes and gives, whoever reads them from a socket.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fullon_cache_api {

/// Names of headers are compared without regard to case.
using http_headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header of that name; empty where there is none.
std::string_view find_header(const http_headers& headers, std::string_view name) noexcept;

/// The values of all headers of that name, as the one list that they are; empty where there is none.
std::string list_header(const http_headers& headers, std::string_view name);

/// Tells an empty one from none.
bool has_header(const http_headers& headers, std::string_view name) noexcept;

/// A request without its body: the gateway is read-only.
struct http_request {
    std::string method; ///< as it was sent: "GET"
    std::string target; ///< path and query
    http_headers headers{};
};

/// Whoever sends it adds `Content-Length` (of `body`, also for HEAD), `Date` and `Connection`.
struct http_response {
    unsigned status = 200;
    http_headers headers{};
    std::string body{}; ///< for HEAD: what GET would have had; not to be sent
};

} // namespace fullon_cache_api
