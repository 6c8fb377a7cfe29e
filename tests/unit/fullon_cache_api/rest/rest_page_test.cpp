// docs/rest.md lists the routes as the catalogue has them.
#include <fullon_cache_api/detail/catalogue/catalogue.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace {

using route_name = std::pair<std::string, std::string>; // route and operation

// Of a row of the table: the texts in backquotes; the last names the operation.
std::set<route_name> routes_of(const std::string& row)
{
    std::set<route_name> found;
    const auto last = row.rfind("| `");
    const auto operation = row.substr(last + 3, row.find('`', last + 3) - last - 3);
    for (auto at = row.find('`'); at < last; at = row.find('`', row.find('`', at + 1) + 1)) {
        const auto text = row.substr(at + 1, row.find('`', at + 1) - at - 1);
        if (text.starts_with('/'))
            found.emplace(text, operation);
    }
    return found;
}

} // namespace

TEST_CASE("docs/rest.md lists every route with its operation, and no other")
{
    std::ifstream in(FULLON_SOURCE_DIR "/docs/rest.md");
    std::set<route_name> documented;
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("| `/") && line.ends_with("` |"))
            documented.merge(routes_of(line));
    std::set<route_name> expected;
    for (const auto& one : fullon_cache_api::detail::rest_routes()) {
        expected.emplace(one.pattern, one.operation->name);
    }
    std::set<route_name> missing;
    std::set_difference(expected.begin(), expected.end(), documented.begin(), documented.end(),
                        std::inserter(missing, missing.end()));
    for (const auto& one : missing)
        UNSCOPED_INFO("missing: " << one.first << " " << one.second);
    CHECK(documented == expected);
}
