// From the target of a request to the parameters of an operation, and the fields that the gateway reads.
#include "fuzz.hpp"

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/http/rest_answer.hpp>
#include <fullon_cache_api/detail/http/rest_target.hpp>
#include <fullon_cache_api/detail/http/route_table.hpp>

#include <boost/json/object.hpp>

#include <string_view>
#include <vector>

namespace {

namespace detail = fullon_cache_api::detail;
namespace protocol = fullon_cache_api::protocol;

struct routes {
    routes()
    {
        for (const auto& one : all)
            table.add(one.pattern);
    }

    std::vector<detail::rest_route> all = detail::rest_routes();
    protocol::route_table table;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const routes known;
    const auto text = fuzz::text_of(data, size);
    auto target = protocol::parse_rest_target(text);
    fuzz::require(target.problem.empty() || target.segments.empty());
    if (auto hit = known.table.find(target.segments)) {
        auto params = std::move(hit->variables);
        for (auto& one : target.query)
            params.push_back(std::move(one));
        boost::json::object arguments;
        known.all[hit->route].operation->read_text(params, arguments);
        for (const auto& [name, value] : params)
            protocol::symbol_spellings(value);
    }
    detail::accepts(text, "application/json");
    const auto answer = detail::json_answer("{}", "tagged", text);
    fuzz::require(answer.status == 200 || answer.status == 304);
    detail::problem_answer(422, text);
    return 0;
}
