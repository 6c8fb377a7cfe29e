// A stream in the server's own process: the snapshot in portions, attaching without a gap, marks, the end.
#include <fullon_cache_api/detail/server/local_stream.hpp>
#include <fullon_cache_api/detail/stream/topic_value.hpp>
#include <fullon_cache_api/types/accounts.hpp>
#include <fullon_cache_api/types/ticker.hpp>

#include <boost/asio/io_context.hpp>

#include <catch2/catch_test_macros.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using fullon_cache_api::stale_reason;
using fullon_cache_api::stream_state;
using fullon_cache_api::ticker;
using fullon_cache_api::detail::hub;
using fullon_cache_api::detail::local_stream;
using fullon_cache_api::detail::server_metrics;
using fullon_cache_api::detail::stream_channel;
using fullon_cache_api::detail::stream_content;
using fullon_cache_api::detail::stream_item;
using fullon_cache_api::detail::stream_request;
using fullon_cache_api::detail::stream_source;
using fullon_cache_api::detail::topic_ptr;
using fullon_cache_api::detail::topic_value;

namespace {

struct fake_source final : stream_source {
    fake_source(std::vector<topic_ptr> of, stale_reason away, bool& gone)
        : list(std::move(of)), why(away), over(gone)
    {}
    fake_source(const fake_source&) = delete;
    fake_source& operator=(const fake_source&) = delete;
    ~fake_source() override { over = true; }

    std::vector<topic_ptr> topics() const override { return list; }
    stale_reason stale() const override { return why; }
    std::string_view delivery() const override { return "exact"; }

    std::vector<topic_ptr> list;
    stale_reason why;
    bool& over;
};

topic_value priced(const std::string& symbol, int price)
{
    ticker made;
    made.exchange = "x";
    made.symbol = symbol;
    made.price = price;
    return fullon_cache_api::detail::make_value<fullon_cache_api::operations::stream_tickers>(made);
}

topic_value position_in(const std::string& symbol, int size)
{
    fullon_cache_api::account_position made;
    made.exchange = made.user_id = "1";
    made.symbol = symbol;
    made.size = size;
    return fullon_cache_api::detail::make_value<fullon_cache_api::operations::stream_positions>(made);
}

struct world {
    boost::asio::io_context context{1}; // never run: nobody waits here
    hub all;
    std::shared_ptr<server_metrics> metrics = std::make_shared<server_metrics>();
    std::shared_ptr<stream_channel> channel;
    std::unique_ptr<local_stream> made;
    bool released = false;

    void open(std::vector<topic_ptr> topics, stale_reason why = stale_reason::none)
    {
        stream_request what;
        what.operation = "stream_tickers";
        what.params = R"({"exchange":"x"})";
        what.type = "ticker_update";
        channel = std::make_shared<stream_channel>(context.get_executor(), stream_content::state,
                                                   fullon_cache_api::stream_options());
        made = std::make_unique<local_stream>("s1", what, channel, metrics);
        made->start(std::make_unique<fake_source>(std::move(topics), why, released), "e1");
    }

    topic_ptr topic(const std::string& symbol)
    {
        auto found = all.open("tickers:x:" + symbol);
        all.seed(*found, "", priced(symbol, 1));
        return found;
    }

    /// "A=1 snapshot" and so on; empty: nothing waits.
    std::string next()
    {
        const auto item = channel->track.take();
        if (!item)
            return {};
        const auto& value = *static_cast<const ticker*>(item->value.get());
        return value.symbol + "=" + std::to_string(static_cast<int>(value.price)) +
               (item->snapshot ? " snapshot" : "") + (item->removed ? " removed" : "") +
               (item->missed != 0 ? " missed" : "");
    }
};

} // namespace

TEST_CASE("what changes between two portions of a snapshot is told once, in its order",
          "[fullon_cache_api][local_stream]")
{
    world w;
    std::vector<topic_ptr> topics{w.topic("A"), w.topic("B"), w.topic("C")};
    w.open(topics);
    CHECK(w.made->produce(1));
    CHECK(w.next() == "A=1 snapshot");
    w.all.publish(*topics[0], "", priced("A", 2)); // attached: live
    w.all.publish(*topics[2], "", priced("C", 2)); // not yet: the snapshot will have it
    CHECK(w.made->produce(1));
    CHECK_FALSE(w.made->produce(1));
    CHECK(w.next() == "A=2");
    CHECK(w.next() == "B=1 snapshot");
    CHECK(w.next() == "C=2 snapshot");
    w.all.publish(*topics[2], "", priced("C", 3));
    w.all.remove(*topics[1], "");
    CHECK(w.next() == "C=3");
    CHECK(w.next() == "B=1 removed");
    CHECK(w.next().empty());
}

TEST_CASE("an item that changes while it waits in a portion is not told in its older state behind the newer",
          "[fullon_cache_api][local_stream]")
{
    world w;
    const auto many = w.all.open("tickers:x:A");
    w.all.seed(*many, "", priced("A", 1));
    w.all.seed(*many, "other", priced("A", 7)); // a second item: the first portion ends between the two
    w.open({many});
    CHECK(w.made->produce(1));
    w.all.publish(*many, "", priced("A", 9));
    while (w.made->produce(1)) {
    }
    std::vector<std::string> told;
    for (auto one = w.next(); !one.empty(); one = w.next())
        told.push_back(one);
    REQUIRE(told.size() >= 2);
    CHECK(told[0] == "A=1 snapshot");
    CHECK(told[1] == "A=9");
}

TEST_CASE("an item that is removed while it waits in a portion does not come back",
          "[fullon_cache_api][local_stream]")
{
    world w;
    const auto next = [&w]() -> std::string {
        const auto item = w.channel->track.take();
        if (!item)
            return {};
        const auto& value = *static_cast<const fullon_cache_api::account_position*>(item->value.get());
        return value.symbol + "=" + std::to_string(static_cast<int>(*value.size)) +
               (item->snapshot ? " snapshot" : "");
    };
    const auto topic = w.all.open("positions:1");
    w.all.seed(*topic, "A", position_in("A", 1));
    w.all.seed(*topic, "B", position_in("B", 1));
    w.open({topic});
    CHECK(w.made->produce(1));
    CHECK(next() == "A=1 snapshot");
    w.all.remove(*topic, "B"); // before its older state is offered
    CHECK(next().empty());
    CHECK_FALSE(w.made->produce(1));
    CHECK(next().empty());
    w.all.publish(*topic, "B", position_in("B", 2)); // there again
    CHECK(next() == "B=2");
}

TEST_CASE("marks wait for the end of the snapshot", "[fullon_cache_api][local_stream]")
{
    world w;
    w.open({w.topic("A"), w.topic("B")}, stale_reason::source_silent);
    CHECK(w.made->produce(1));
    CHECK(w.channel->track.state() == stream_state::live);
    CHECK_FALSE(w.made->produce(5));
    CHECK(w.channel->track.state() == stream_state::stale);
    w.made->on_fresh();
    CHECK(w.channel->track.state() == stream_state::live);
    w.made->on_stale(stale_reason::redis_down);
    CHECK(w.channel->track.state() == stream_state::stale);
    CHECK(w.channel->track.why() == stale_reason::redis_down);
    w.made->on_stale(stale_reason::replica_cut);
    CHECK(w.channel->track.why() == stale_reason::replica_cut);
}

TEST_CASE("marks of topics wait for the end of the snapshot, too, and are told one by one afterwards",
          "[fullon_cache_api][local_stream]")
{
    world w;
    const auto a = w.topic("A"), b = w.topic("B");
    w.all.mark(*a, stale_reason::unreadable);
    w.open({a, b});
    CHECK(w.made->produce(1));
    CHECK(w.channel->track.why() == stale_reason::none);
    w.all.mark(*b, stale_reason::not_permitted);
    CHECK_FALSE(w.made->produce(5));
    CHECK(w.channel->track.state() == stream_state::stale);
    w.all.mark(*a, stale_reason::none);
    CHECK(w.channel->track.why() == stale_reason::not_permitted);
    w.all.mark(*b, stale_reason::unreadable);
    CHECK(w.channel->track.why() == stale_reason::unreadable);
    w.made->on_stale(stale_reason::redis_down);
    CHECK(w.channel->track.why() == stale_reason::redis_down);
    w.made->on_fresh();
    w.all.mark(*b, stale_reason::none);
    CHECK(w.channel->track.state() == stream_state::live);

    const auto found = w.topic("N"); // a new topic may be marked already
    w.all.mark(*found, stale_reason::unreadable);
    w.made->on_new_topic(found);
    CHECK(w.channel->track.why() == stale_reason::unreadable);
}

TEST_CASE("a stream of all takes in new topics, once", "[fullon_cache_api][local_stream]")
{
    world w;
    w.open({w.topic("A")});
    CHECK_FALSE(w.made->produce(5));
    CHECK(w.next() == "A=1 snapshot");
    const auto made = w.all.open("tickers:x:N");
    w.made->on_new_topic(made);
    w.made->on_new_topic(made);
    w.all.publish(*made, "", priced("N", 4));
    CHECK(w.next() == "N=4");
    CHECK(w.next().empty());
    CHECK(made->subscribers().size() == 1);
}

TEST_CASE("the end lets go of topics and source, also in the middle of a snapshot",
          "[fullon_cache_api][local_stream]")
{
    for (const bool half : {false, true}) {
        world w;
        const std::vector<topic_ptr> topics{w.topic("A"), w.topic("B")};
        w.open(topics);
        w.made->produce(half ? 1 : 5);
        CHECK(w.made->info().delivered == (half ? 1 : 2));
        CHECK(w.made->info().topics == std::vector<std::string>{"tickers:x:A", "tickers:x:B"});
        CHECK(w.metrics->subscriptions.value() == (half ? 1 : 2));
        w.made->end();
        CHECK(w.released);
        CHECK(w.made->ended());
        CHECK_FALSE(w.made->produce(5));
        CHECK(topics[0]->subscribers().empty());
        CHECK(w.next().empty());
        CHECK(w.channel->track.state() == stream_state::disconnected);
        CHECK(w.metrics->subscriptions.value() == 0);
        CHECK(w.metrics->scrape().open_streams.empty());
        w.made->end(); // again
    }
}

TEST_CASE("every stream is handed the same value, and no JSON message is made of it",
          "[fullon_cache_api][local_stream]")
{
    static int bodies = 0;
    static constexpr auto tickers =
        fullon_cache_api::detail::kind_of<fullon_cache_api::operations::stream_tickers>;
    static constexpr fullon_cache_api::detail::value_kind counting{
        .body = [](const void* value) -> std::string {
            ++bodies;
            return tickers.body(value);
        },
        .same = tickers.same,
        .describe = tickers.describe,
    };
    const auto value = [](int price) {
        const auto made = std::make_shared<ticker>();
        made->symbol = "A";
        made->price = price;
        return topic_value(made, counting);
    };
    world one, other;
    const auto where = one.all.open("tickers:x:A");
    one.all.seed(*where, "A", value(1));
    one.open({where});
    other.open({where});
    CHECK_FALSE(one.made->produce(5));
    CHECK_FALSE(other.made->produce(5));
    one.all.publish(*where, "A", value(2));
    one.all.emit(*where, value(3));
    for (int i = 0; i < 3; ++i) {
        const auto here = one.channel->track.take(), there = other.channel->track.take();
        REQUIRE(here);
        REQUIRE(there);
        CHECK(here->value == there->value);
    }
    CHECK(bodies == 0);
    one.made->end();
    other.made->end();
}
