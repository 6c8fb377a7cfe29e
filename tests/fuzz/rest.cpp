// From the target of a request to the parameters of an operation, and the fields that the gateway reads.
#include "fuzz.hpp"

#include <fullon_cache_api/detail/catalogue.hpp>
#include <fullon_cache_api/detail/rest_answer.hpp>
#include <fullon_cache_api/protocol/rest_target.hpp>
#include <fullon_cache_api/protocol/route_table.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace {

namespace detail = fullon_cache_api::detail;
namespace protocol = fullon_cache_api::protocol;

struct routes {
    routes()
    {
        for (const auto& entry : detail::catalogue())
            for (std::string_view rest = entry.rest; !rest.empty();) {
                const auto one = rest.substr(0, rest.find(' '));
                rest.remove_prefix(std::min(rest.size(), one.size() + 1));
                table.add(one);
                operations.push_back(&entry);
            }
    }

    protocol::route_table table;
    std::vector<const detail::operation_entry*> operations;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const routes all;
    const auto text = fuzz::text_of(data, size);
    auto target = protocol::parse_rest_target(text);
    fuzz::require(target.problem.empty() || target.segments.empty());
    if (auto hit = all.table.find(target.segments)) {
        auto params = std::move(hit->variables);
        for (auto& one : target.query)
            params.push_back(std::move(one));
        boost::json::object arguments;
        all.operations[hit->route]->read_text(params, arguments);
        for (const auto& [name, value] : params)
            protocol::symbol_spellings(value);
    }
    detail::accepts(text, "application/json");
    const auto answer = detail::json_answer("{}", "tagged", text);
    fuzz::require(answer.status == 200 || answer.status == 304);
    detail::problem_answer(422, text);
    return 0;
}
