// Streams of the compat dialect over a hub and an outbox, without a socket.
#include <fullon_cache_api/detail/compat/compat_streams.hpp>

#include "support/text_value.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace fullon_cache_api::detail;
namespace json = boost::json;

class fixed_source final : public stream_source {
public:
    explicit fixed_source(std::vector<topic_ptr> held) : held_(std::move(held)) {}
    std::vector<topic_ptr> topics() const override { return held_; }
    fullon_cache_api::stale_reason stale() const override { return fullon_cache_api::stale_reason::none; }
    std::string_view delivery() const override { return "exact"; }

private:
    std::vector<topic_ptr> held_;
};

struct world {
    explicit world(std::size_t conflate_above = 1024, event_limits limits = {})
        : out(conflate_above, limits), streams(out, [this] { ++wakes; }, std::make_shared<server_metrics>())
    {}

    compat_streams::stream& add(const std::string& operation, json::object asked, const std::string& id)
    {
        const auto* what = find_compat(operation, "");
        REQUIRE(what);
        return streams.add(*what, id, "c:" + id, what->translator(asked));
    }

    // Begun at once.
    compat_streams::stream& begin(const std::string& operation, json::object asked, topic_ptr where,
                                  const std::string& id = "1")
    {
        auto& made = add(operation, std::move(asked), id);
        streams.opened(made, std::make_unique<fixed_source>(std::vector<topic_ptr>(1, std::move(where))), {});
        streams.acknowledged(made);
        return made;
    }

    // What waits, each as the member of its result (or the text of an error).
    std::vector<std::string> said(std::string_view member)
    {
        std::vector<frame> batch;
        while (!out.empty())
            out.take(batch, 1 << 20);
        std::vector<std::string> texts;
        for (const auto& one : batch) {
            const auto message = json::parse(*one).as_object();
            const auto* result = message.if_contains("result");
            texts.push_back(result ? fullon_cache_api::protocol::python_text(result->as_object().at(member))
                                   : std::string(message.at("error").as_string()));
        }
        return texts;
    }

    hub updates;
    outbox out;
    compat_streams streams;
    int wakes = 0;
};

topic_value trade(int id)
{
    return support::text_value(
        R"({"type":"trade_update","symbol":"A/B","volume":1.0,"price":2.0,"trade_id":)" + std::to_string(id));
}

topic_value queue(int length)
{
    return support::text_value(R"({"type":"queue_update","exchange":"e","queue_length":)" +
                               std::to_string(length));
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("trades are told from the moment on at which the stream was opened, not acknowledged")
{
    world here;
    const auto where = here.updates.open("trades:e:AB");
    here.updates.keep(*where, trade(1));
    here.updates.emit(*where, trade(1)); // numbered before
    auto& stream = here.add("stream_trade_updates", {{"exchange", "e"}}, "1");
    here.streams.opened(stream, std::make_unique<fixed_source>(std::vector<topic_ptr>(1, where)), {});
    here.updates.keep(*where, trade(2));
    here.updates.emit(*where, trade(2));
    CHECK(here.said("trade_id").empty());
    here.streams.acknowledged(stream);
    here.updates.keep(*where, trade(3));
    here.updates.emit(*where, trade(3));
    CHECK(here.said("trade_id") == texts{"2", "3"});
}

TEST_CASE("each stream has its own messages and counts, and ends with its key")
{
    world here;
    const auto where = here.updates.open("queue:e");
    here.updates.seed(*where, "", queue(1));
    here.begin("stream_order_queue", {{"exchange", "e"}}, where, "1");
    here.begin("stream_order_queue", {{"exchange", "e"}}, where, "2");
    here.begin("stream_order_queue", {{"exchange", "e"}}, where, "2");
    here.updates.publish(*where, "", queue(2));
    CHECK(here.said("stream_key") == texts{"c:1", "c:2", "c:2", "c:1", "c:2", "c:2"});
    CHECK(here.streams.remove("c:2") == 4);
    CHECK(here.streams.remove("c:2") == 0);
    here.updates.publish(*where, "", queue(3));
    here.updates.remove(*where, ""); // it has no word for that
    CHECK(here.said("queue_length") == texts{"3"});
    CHECK(here.streams.size() == 1);
}

TEST_CASE("a stream that is ended before it began says nothing; one that cannot begin says why")
{
    world here;
    const auto where = here.updates.open("queue:e");
    here.updates.seed(*where, "", queue(1));
    auto& ended = here.add("stream_order_queue", {{"exchange", "e"}}, "1");
    CHECK(here.streams.remove("c:1") == 0);
    here.streams.opened(ended, std::make_unique<fixed_source>(std::vector<topic_ptr>(1, where)), {});
    here.streams.acknowledged(ended);
    auto& hopeless = here.add("stream_order_queue", {{"exchange", "e"}}, "2");
    here.streams.opened(hopeless, nullptr, "Redis is not available");
    CHECK(here.out.empty());
    here.streams.acknowledged(hopeless);
    CHECK(here.said("") == texts{"Stream ended: Redis is not available"});
    CHECK(here.streams.size() == 0);
    CHECK(where->subscribers().empty());
}

TEST_CASE("a client that does not keep up loses states to newer ones, and events without a word")
{
    world here(0, {2, 1 << 20});
    const auto states = here.updates.open("queue:e");
    const auto events = here.updates.open("trades:e:AB");
    here.begin("stream_order_queue", {{"exchange", "e"}}, states, "1");
    here.begin("stream_order_queue", {{"exchange", "e"}}, states, "2");
    for (int length = 1; length < 4; ++length)
        here.updates.publish(*states, "", queue(length));
    CHECK(here.said("queue_length") == texts{"3", "3"});
    here.begin("stream_trade_updates", {{"exchange", "e"}}, events, "3");
    for (int id = 1; id < 6; ++id)
        here.updates.emit(*events, trade(id));
    CHECK(here.said("trade_id") == texts{"4", "5"});
    CHECK(here.out.bytes() == 0);
}

TEST_CASE("what a stream told last it does not tell again")
{
    world here;
    const auto bars = here.updates.open("ohlcv:AB:1h");
    const auto bar = [](double time, double volume, bool closed) {
        return support::text_value(R"({"type":"ohlcv_update","symbol":"AB","timeframe":"1h","bar":[)" +
                                   std::to_string(time) + ",1,1,1,1," + std::to_string(volume) +
                                   R"(],"closed":)" + (closed ? "true" : "false"));
    };
    here.updates.seed(*bars, "", bar(60, 1, false));
    here.begin("stream_ohlcv", {{"symbol", "A/B"}, {"timeframe", "1h"}}, bars);
    here.updates.emit(*bars, bar(60, 1, true)); // closed as it was
    here.updates.publish(*bars, "", bar(120, 5, false));
    here.updates.emit(*bars, bar(120, 6, true)); // changed while it closed
    CHECK(here.said("bar") ==
          texts{"[60.0, 1, 1, 1, 1, 1.0]", "[120.0, 1, 1, 1, 1, 5.0]", "[120.0, 1, 1, 1, 1, 6.0]"});

    // One that waits must not make room for the next bar then.
    world slow(0);
    const auto where = slow.updates.open("ohlcv:AB:1h");
    slow.begin("stream_ohlcv", {{"symbol", "A/B"}, {"timeframe", "1h"}}, where);
    slow.updates.publish(*where, "", bar(60, 1, false));
    slow.updates.publish(*where, "", bar(60, 2, false));
    slow.updates.emit(*where, bar(60, 2, true));
    slow.updates.publish(*where, "", bar(120, 1, false));
    CHECK(slow.said("bar") == texts{"[60.0, 1, 1, 1, 1, 2.0]", "[120.0, 1, 1, 1, 1, 1.0]"});

    const auto health = here.updates.open("process");
    const auto processes = [](int active, int stale) {
        return support::text_value(R"({"type":"process_health_update","active_processes":)" +
                                   std::to_string(active) + R"(,"stale_processes":)" + std::to_string(stale));
    };
    here.updates.seed(*health, "", processes(2, 0));
    here.begin("stream_process_health", {}, health);
    here.updates.publish(*health, "", processes(2, 1));
    here.updates.publish(*health, "", processes(1, 1));
    CHECK(here.said("active_processes") == texts{"2", "1"});

    const auto bots = here.updates.open("bots");
    here.updates.seed(*bots, "", support::text_value(R"({"type":"bot_update","bots":{"a":{"x":1},"b":{}})"));
    here.begin("stream_bot_status", {{"bot_id", "a"}}, bots);
    here.updates.publish(*bots, "",
                         support::text_value(R"({"type":"bot_update","bots":{"a":{"x":1},"b":{"y":2}})"));
    here.updates.publish(*bots, "", support::text_value(R"({"type":"bot_update","bots":{"b":{"y":2}})"));
    CHECK(here.said("bots") == texts{"{'a': {'x': 1}}", "{}"});
}
