// Requests with a list that is too long for one message.
#include <fullon_cache_api/detail/wire/peer_limits.hpp>
#include <fullon_cache_api/detail/wire/split_params.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch_test_macros.hpp>

#include <string>
#include <vector>

using fullon_cache_api::detail::limits_text;
using fullon_cache_api::detail::read_limits;
using fullon_cache_api::detail::split_params;
namespace json = boost::json;

namespace {

std::string params_of(int symbols)
{
    json::array names;
    for (int i = 0; i < symbols; ++i)
        names.emplace_back("S\"" + std::to_string(i));
    return json::serialize(json::object{{"exchange", "x"}, {"symbols", std::move(names)}});
}

} // namespace

TEST_CASE("parameters that fit stay as they are", "[split_params]")
{
    const auto text = params_of(10);
    const auto split = split_params(text, text.size(), 10);
    CHECK(split.parts == std::vector<std::string>{text});
    CHECK(split_params("{}", 2, {}).parts == std::vector<std::string>{"{}"});
}

TEST_CASE("a long list is taken apart, in order, and no part is longer than allowed", "[split_params]")
{
    const auto text = params_of(1000);
    for (const std::size_t most : {40U, 100U, 1000U, 5000U}) {
        const auto split = split_params(text, most, {});
        INFO(most << ": " << split.problem);
        REQUIRE(split.parts.size() > 1);
        int next = 0;
        for (const auto& part : split.parts) {
            CHECK(part.size() <= most);
            const auto read = json::parse(part).as_object();
            CHECK(read.at("exchange").as_string() == "x");
            CHECK(!read.at("symbols").as_array().empty());
            for (const auto& name : read.at("symbols").as_array())
                CHECK(std::string(name.as_string()) == "S\"" + std::to_string(next++));
        }
        CHECK(next == 1000);
    }
}

TEST_CASE("what cannot be taken apart is told with its size and the limit", "[split_params]")
{
    auto split = split_params(R"({"exchange":")" + std::string(100, 'x') + R"("})", 50, {});
    CHECK(split.parts.empty());
    CHECK(split.problem == "request: 115 bytes; the server reads at most 50 in one request");
    split = split_params(R"({"symbols":["A",")" + std::string(100, 'x') + R"("]})", 50, {});
    CHECK(split.parts.empty());
    CHECK(split.problem.starts_with("symbols: "));
    split = split_params(params_of(11), 10'000, 10);
    CHECK(split.parts.empty());
    CHECK(split.problem == "symbols: 11 entries; the server follows at most 10 topics for one connection");
}

TEST_CASE("a server's limits are read as they are written, and what else comes is skipped", "[peer_limits]")
{
    fullon_cache_api::service_limits told;
    told.max_message_size = 1000;
    told.max_topics = 7;
    CHECK(limits_text(told) == "max_message_size=1000, max_topics=7");
    auto read = read_limits(limits_text(told));
    CHECK(read.max_message_size == 1000);
    CHECK(read.max_topics == 7);
    read = read_limits(" new=1,max_topics=x, max_message_size=5,,=, max_topics=0");
    CHECK(read.max_message_size == 5);
    CHECK_FALSE(read.max_topics);
    CHECK_FALSE(read_limits("").max_message_size);
}
