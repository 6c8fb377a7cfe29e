// Bodies of catalogue.hpp: the routes of operations, and the bound of results.
#pragma once

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>

#include <algorithm>

namespace fullon_cache_api::detail {

std::vector<rest_route> rest_routes(const operation_entry& entry)
{
    std::vector<rest_route> routes;
    for (std::string_view rest = entry.rest; !rest.empty();) {
        const auto pattern = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), pattern.size() + 1));
        routes.push_back({pattern, &entry});
    }
    return routes;
}

std::vector<rest_route> rest_routes()
{
    std::vector<rest_route> routes;
    for (const auto& entry : catalogue())
        for (const auto& one : rest_routes(entry))
            routes.push_back(one);
    return routes;
}

std::string_view group_of(std::string_view pattern) noexcept
{
    return pattern.substr(1, pattern.find('/', 1) - 1);
}

void bound_result(outcome& done, const operation_entry& operation, std::size_t most)
{
    if (done.result.size() > most)
        done = outcome::failed(
            error::limit_exceeded,
            std::string(operation.size_parameter.empty() ? "result" : operation.size_parameter) +
                ": the reply is larger than " + std::to_string(most) + " bytes");
}

} // namespace fullon_cache_api::detail
