// How many topics streams name.
#include <fullon_cache_api/detail/wire/topic_names.hpp>
#include <fullon_cache_api/error.hpp>

#include <boost/system/system_error.hpp>
#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

using fullon_cache_api::error;
using fullon_cache_api::detail::connection_topics;
using fullon_cache_api::detail::topic_names;

namespace {

using names = std::vector<std::string>;

std::string refused(connection_topics& by, const names& wanted)
{
    try {
        const auto taken = by.take(wanted);
    } catch (const boost::system::system_error& failure) {
        CHECK(failure.code() == error::limit_exceeded);
        return failure.what();
    }
    return {};
}

} // namespace

TEST_CASE("a name counts once for a connection, however many of its streams have it", "[topic_names]")
{
    const auto all = std::make_shared<topic_names>();
    const auto one = std::make_shared<connection_topics>(all, 3);
    auto first = one->take({"a", "b", "a"});
    std::optional second(one->take({"b", "c"}));
    CHECK(one->size() == 3);
    CHECK(all->size() == 3);
    CHECK(refused(*one, {"d"}).starts_with("topics: more than 3 are followed on this connection"));
    CHECK(one->size() == 3); // nothing of it was taken
    CHECK(all->size() == 3);
    second.reset();
    CHECK(one->size() == 2);
    CHECK(refused(*one, {"d"}).empty());
    CHECK(refused(*one, {"d", "e"}) != "");
    const auto other = std::make_shared<connection_topics>(all, 3);
    const auto theirs = other->take({"a", "x", "y"});
    CHECK(all->size() == 4);
    first = {};
    CHECK(one->size() == 0);
    CHECK(all->size() == 3);
}

TEST_CASE("streams that all have the same names are bounded too", "[topic_names]")
{
    const auto one = std::make_shared<connection_topics>(std::make_shared<topic_names>(), 10);
    const names ten{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
    std::vector<connection_topics::claim> held;
    for (int i = 0; i < 4; ++i)
        held.push_back(one->take(ten));
    CHECK(refused(*one, {"0"}).starts_with("topics: streams of this connection name more than 40"));
    held.pop_back();
    CHECK(refused(*one, ten).empty());
}

TEST_CASE("names of which nothing is known are bounded for all connections together", "[topic_names]")
{
    const auto all = std::make_shared<topic_names>(3);
    const auto one = std::make_shared<connection_topics>(all, 100);
    const auto other = std::make_shared<connection_topics>(all, 100);
    auto first = one->take({"a", "b"});
    CHECK(refused(*other, {"c", "d"}).starts_with("topics: this server follows more than 3 names"));
    CHECK(all->size() == 2);
    auto second = other->take({"c"});
    CHECK(refused(*one, {"e"}) != "");
    CHECK(refused(*one, {"c", "a"}).empty()); // they are followed already
    other->found("c");
    other->found("c");
    other->found("never taken");
    CHECK(all->invented() == 2);
    CHECK(refused(*one, {"e"}).empty());
    second = {};
    CHECK(all->invented() == 2);
    first = {};
    CHECK(all->invented() == 0);
    CHECK(all->size() == 0);
}
