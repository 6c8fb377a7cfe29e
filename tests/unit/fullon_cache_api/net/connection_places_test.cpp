// Room for connections, by number and by descriptors.
#include <fullon_cache_api/detail/net/connection_places.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

using namespace fullon_cache_api::detail;

TEST_CASE("connections leave descriptors for Redis, log and resolver", "[fullon_cache_api]")
{
    const auto roomy = place_counts::for_descriptors(10000, 1'000'000, 12);
    CHECK(roomy.served == 10000);
    CHECK(roomy.refused == place_counts::most_refused);
    CHECK(place_counts::for_descriptors(10000, std::numeric_limits<std::size_t>::max() / 2, 12).served ==
          10000);
    for (const std::size_t descriptors : {64, 100, 256, 1024, 4096}) {
        const auto tight = place_counts::for_descriptors(10000, descriptors, 12);
        CHECK(tight.served > 1);
        CHECK(tight.refused >= 1);
        CHECK(12 + place_counts::reserve + tight.served + tight.refused <= descriptors);
    }
    for (const std::size_t descriptors : {0, 10, 36})
        CHECK(place_counts::for_descriptors(10000, descriptors, 12).served == 1);
    CHECK(place_counts::for_descriptors(5, 100, 12).served == 5);
}

TEST_CASE("a place is counted while it is held", "[fullon_cache_api]")
{
    connection_places places;
    places.limit({2, 1});
    std::vector<connection_place> held;
    held.push_back(places.to_be_served());
    CHECK_FALSE(places.full());
    held.push_back(places.to_be_served());
    CHECK(places.full());
    CHECK(places.any_left());
    auto refused = places.to_be_refused();
    CHECK_FALSE(places.any_left());
    held.pop_back();
    CHECK_FALSE(places.full());
    refused = places.to_be_served();
    CHECK(places.full());
    CHECK(places.any_left());
    auto moved = std::move(refused);
    CHECK(places.full());
    held.clear();
    CHECK_FALSE(places.full());
}
