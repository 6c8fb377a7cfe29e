// Each operation of the catalogue is tested and described. What is missing is printed, to be pasted and filled in.
#include "operation_table.hpp"

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/http/rest_target.hpp>
#include <fullon_cache_api/detail/http/route_table.hpp>

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <catch2/catch_test_macros.hpp>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

using fullon_cache_api::detail::operation_entry;

struct parameter {
    std::string name;
    std::string type; // in C++
};

std::vector<parameter> parameters_of(const operation_entry& entry)
{
    std::vector<parameter> found;
    const auto described = entry.describe();
    for (const auto& [name, property] : described.params.at("properties").as_object()) {
        const auto& its = property.as_object();
        const auto* const type = its.if_contains("type");
        found.push_back({std::string(name), type && *type == "integer" ? "std::int64_t" : "std::string"});
    }
    return found;
}

// Each as `format` has it, where {0} is the name and {1} the type.
std::string list_of(const operation_entry& entry, std::string_view format, std::string_view separator)
{
    std::string text;
    for (const auto& one : parameters_of(entry)) {
        if (!text.empty())
            text += separator;
        text += fmt::format(fmt::runtime(format), one.name, one.type);
    }
    return text;
}

std::string method_text(const operation_entry& entry)
{
    const bool stream = entry.kind == fullon_cache_api::operation_kind::stream;
    const std::string result = stream ? "stream<ITEM>" : "std::optional<RESULT>";
    return fmt::format(
        R"(  include/fullon_cache_api/cache_calls.hpp, with its documentation (and `struct RESULT;`, where that is not known there):
    boost::asio::awaitable<{0}> {1}({2});
  include/fullon_cache_api/detail/calls/cache_calls_{4}.ipp:
    awaitable<{0}> cache_calls::{1}({2})
    {{
        return detail::{5}<asked::{1}>(caller_, {{{3}}});
    }}
)",
        result, entry.name, list_of(entry, "{1} {0}", ", "), list_of(entry, "std::move({0})", ", "),
        stream ? "streams" : "queries", stream ? "open" : "find");
}

std::string row_text(const operation_entry& entry)
{
    const auto call = fmt::format("[](calls& c) {{ return text_of(c.{}({})); }}", entry.name,
                                  list_of(entry, "\"{0}\"", ", "));
    const auto params = "R\"({" + list_of(entry, R"("{0}":"...")", ",") + "})\"";
    if (entry.kind == fullon_cache_api::operation_kind::stream)
        return fmt::format(R"row(  operation_rows.cpp, streams:
    {{"{0}",
     {1},
     {2}, // finds something in tests/data/seed.jsonl
     "{3}",
     1, // items of its snapshot
     R"({{}})", // members of the first
     {2}, // finds nothing; "" if there is no such thing
     R"([])", // topics of that
     {{{{"{{}}", "... required"}}}}}},
)row",
                           entry.name, call, params, entry.message_type);
    return fmt::format(R"row(  operation_rows.cpp, queries:
    {{"{0}",
     {1},
     {2}, // finds something in tests/data/seed.jsonl
     R"({{}})", // members of the result
     {2}, // finds nothing; "" if there is no such thing
     "", // members of the result of that; "" = CACHE_MISS
     {{{{"{{}}", "... required"}}}}}},
)row",
                       entry.name, call, params);
}

std::string route_text(std::string_view pattern)
{
    return fmt::format(R"row(  operation_rows.cpp, routes:
    {{"{}", R"({{}})", "", 0, "", ""}}, // with values in place of the braces
)row",
                       pattern);
}

std::string text_of_file(const std::string& name)
{
    std::ifstream in(FULLON_SOURCE_DIR "/" + name);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Two have a better name in C++ than on the wire.
std::string method_of(const std::string& operation)
{
    if (operation == "get_orders_orders")
        return "get_user_orders";
    return operation == "get_bots_bots" ? "get_user_bots" : operation;
}

std::string protocol_text(const operation_entry& entry)
{
    return fmt::format("  docs/protocol.md: | `{}` | {} | ... |\n", entry.name,
                       list_of(entry, "`{0}`", ", "));
}

// Not by Catch2, which would break the lines.
bool nothing_to_write(std::string_view name, const std::string& text)
{
    if (!text.empty())
        fmt::print("{} lacks\n{}", name, text);
    return text.empty();
}

template <class Row>
void note(std::set<std::string>& tested, std::set<std::string>& called, const std::vector<Row>& table)
{
    for (const auto& one : table) {
        tested.insert(one.operation);
        if (one.call)
            called.insert(one.operation);
    }
}

} // namespace

TEST_CASE("every operation of the catalogue is tested, called by a method, and documented")
{
    const auto page = text_of_file("docs/protocol.md");
    const auto client = text_of_file("include/fullon_cache_api/client.hpp");
    const auto server = text_of_file("include/fullon_cache_api/cache_websocket_server.hpp");
    std::set<std::string> tested;
    std::set<std::string> called{"unsubscribe"}; // what the destructor of a stream does
    note(tested, called, operation_table::queries);
    note(tested, called, operation_table::streams);
    note(tested, called, operation_table::service_queries);
    for (const auto& entry : fullon_cache_api::detail::catalogue()) {
        const std::string name(entry.name);
        std::string to_write;
        if (!called.contains(name))
            to_write += method_text(entry);
        if (!tested.erase(name))
            to_write += row_text(entry);
        if (page.find("\n| `" + name + "` |") == std::string::npos)
            to_write += protocol_text(entry);
        const auto method = method_of(name) + "()";
        if (name != "unsubscribe" &&
            (client.find(method) == std::string::npos || server.find(method) == std::string::npos))
            to_write += "  client.hpp and cache_websocket_server.hpp, Calls: " + method + "\n";
        CHECK(nothing_to_write(name, to_write));
    }
    CHECK(tested == std::set<std::string>()); // of no operation
}

TEST_CASE("every route of the catalogue has a row, and no route hides another")
{
    fullon_cache_api::protocol::route_table table;
    std::vector<std::string> patterns;
    for (const auto& one : fullon_cache_api::detail::rest_routes()) {
        table.add(one.pattern);
        patterns.emplace_back(one.pattern);
    }
    std::set<std::string> without(patterns.begin(), patterns.end());
    CHECK(without.size() == patterns.size());
    for (const auto& one : operation_table::routes)
        if (const auto found = table.find(fullon_cache_api::protocol::parse_rest_target(one.hit).segments))
            without.erase(patterns.at(found->route));
    for (const auto& pattern : without)
        CHECK(nothing_to_write(pattern, route_text(pattern)));
}
