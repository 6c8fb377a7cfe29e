// Random lives of streams against a model of the server: nothing is lost uncounted, the last view is the server's.
#include "unit/fullon_cache_api/stream/stream_messages.hpp"

#include <fullon_cache_api/detail/client/stream_registry.hpp>

#include <catch2/catch_test_macros.hpp>

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace fullon_cache_api::detail;
using fullon_cache_api::stream_state;

namespace {

using item_name = std::pair<std::string, std::string>; // topic, item

struct server_stream {
    std::string key;
    bool whole = false;
    std::set<std::string> topics;
    std::deque<std::string> pending;
    bool started = false;
    bool ended = false;

    bool holds(const std::string& topic) const { return whole || topics.contains(topic); }
};

/// A server with one connection, as hub, outbox and session behave: numbers, conflates, snapshots in portions.
struct model_server {
    struct topic_state {
        std::uint64_t last_id = 0;
        std::map<std::string, int> items;
    };
    struct frame {
        enum class kind { ack, update, snapshot_end } type;
        stream_message message;
        std::string key;
        stream_registry::stream_id stream = 0;
    };

    std::string epoch = "e1";
    std::map<std::string, topic_state> topics;
    std::list<frame> out;
    std::map<stream_registry::stream_id, server_stream> streams;
    std::set<std::string> attached;
    int next_key = 1;

    void publish(const std::string& topic, const std::string& item, int value, bool removed, bool conflate)
    {
        const bool is_new = !topics.contains(topic);
        auto& state = topics[topic];
        if (removed && !state.items.contains(item))
            return;
        auto message =
            stream_messages::live(topic, ++state.last_id, removed ? state.items[item] : value, item);
        message.removed = removed;
        if (removed)
            state.items.erase(item);
        else
            state.items[item] = value;
        for (auto& [id, stream] : streams)
            if (is_new && stream.started && stream.whole)
                attached.insert(topic);
        if (!attached.contains(topic))
            return;
        if (conflate)
            out.remove_if([&](const frame& one) {
                return one.type == frame::kind::update && !one.message.snapshot &&
                       one.message.topic == topic && one.message.item == item;
            });
        out.push_back({frame::kind::update, message, {}, 0});
    }

    void suppress(const std::string& topic)
    {
        if (const auto found = topics.find(topic); found != topics.end())
            ++found->second.last_id;
    }

    void subscribe(stream_registry::stream_id id, bool whole, const std::set<std::string>& wanted)
    {
        auto& stream = streams[id];
        stream = {};
        stream.key = "s" + std::to_string(next_key++);
        stream.whole = whole;
        stream.topics = wanted;
        stream.started = true;
        for (const auto& [name, state] : topics)
            if (stream.holds(name))
                stream.pending.push_back(name);
        for (const auto& name : wanted)
            if (!topics.contains(name)) {
                topics[name];
                stream.pending.push_back(name);
            }
        out.push_back({frame::kind::ack, {}, stream.key, id});
    }

    void produce()
    {
        for (auto& [id, stream] : streams) {
            if (stream.ended)
                continue;
            if (stream.pending.empty()) {
                out.push_back({frame::kind::snapshot_end, {}, stream.key, id});
                stream.ended = true;
                return;
            }
            const auto topic = stream.pending.front();
            stream.pending.pop_front();
            const auto& state = topics[topic];
            for (const auto& [item, value] : state.items)
                out.push_back({frame::kind::update,
                               stream_messages::snapshot(topic, state.last_id, value, item, stream.key),
                               {},
                               0});
            attached.insert(topic);
            return;
        }
    }

    void disconnect()
    {
        out.clear();
        streams.clear();
        attached.clear();
    }

    void restart()
    {
        disconnect();
        epoch += "'";
        for (auto& [name, state] : topics)
            state.last_id = 0;
    }
};

struct consumer {
    stream_sequencer track;
    stream_registry::stream_id id = 0;
    bool whole;
    std::set<std::string> topics;
    std::map<item_name, int> view;
    std::map<std::string, std::uint64_t> last_taken; // in this epoch
    std::map<std::string, bool> resynced;

    consumer(bool all, std::set<std::string> wanted, std::size_t limit)
        : track(stream_content::state, limit), whole(all), topics(std::move(wanted))
    {}
};

/// The client's end: takes frames off the connection and looks at what the streams hand out.
struct world {
    explicit world(unsigned seed) : random(seed) {}

    std::mt19937 random;
    model_server server;
    stream_registry book;
    std::vector<std::unique_ptr<consumer>> consumers;
    std::map<int, std::pair<item_name, std::string>> published; // value -> where, epoch
    int next_value = 1;
    std::uint64_t delivered = 0;
    std::uint64_t missed = 0;

    unsigned pick(unsigned below) { return static_cast<unsigned>(random() % below); }

    void add_consumer(std::size_t limit)
    {
        std::set<std::string> wanted;
        const bool whole = pick(3) == 0;
        if (!whole)
            for (unsigned i = 0; i <= pick(3); ++i)
                wanted.insert("t:" + std::to_string(pick(4)));
        auto made = std::make_unique<consumer>(whole, wanted, limit);
        made->id = book.add({"int_update", whole ? "t:" : "", &made->track, [] {}});
        server.subscribe(made->id, whole, wanted);
        consumers.push_back(std::move(made));
    }

    void deliver()
    {
        if (server.out.empty())
            return;
        const auto frame = std::move(server.out.front());
        server.out.pop_front();
        using kind = model_server::frame::kind;
        if (frame.type == kind::ack) {
            const auto found = server.streams.find(frame.stream);
            if (found == server.streams.end() || found->second.key != frame.key)
                return;
            const auto& wanted = found->second.topics;
            book.start(frame.stream, frame.key, server.epoch, {wanted.begin(), wanted.end()});
        } else if (frame.type == kind::snapshot_end)
            book.end_snapshot(frame.key);
        else
            book.offer(frame.message);
    }

    void take(consumer& from)
    {
        const auto item = from.track.take();
        if (!item)
            return;
        const int value = *static_cast<const int*>(item->value.get());
        REQUIRE(published.contains(value)); // nothing invented
        const auto& [name, epoch] = published.at(value);
        const auto& topic = name.first;
        if (item->removed)
            from.view.erase(name);
        else
            from.view[name] = value;
        if (item->removed && item->resync)
            return; // was not sent by the server: has no number of its own
        // In one life of the server: delivered + missed = produced, without a gap and in order.
        const auto key = topic + " " + epochs.at(item->value.get());
        if (const auto last = from.last_taken.find(key); last != from.last_taken.end()) {
            REQUIRE(item->update_id >= last->second);
            REQUIRE(item->missed ==
                    (item->update_id > last->second ? item->update_id - last->second - 1 : 0));
        }
        from.last_taken[key] = item->update_id;
        ++delivered;
        missed += item->missed;
    }

    std::map<const void*, std::string> epochs; // of each message, by its value's address
    std::vector<std::shared_ptr<const void>> kept;

    void remember()
    {
        for (const auto& frame : server.out)
            if (frame.type == model_server::frame::kind::update) {
                if (epochs.emplace(frame.message.value.get(), server.epoch).second)
                    kept.push_back(frame.message.value);
            }
    }

    void publish()
    {
        const auto topic = "t:" + std::to_string(pick(5));
        const auto item = pick(2) ? std::string() : "i" + std::to_string(pick(3));
        const int value = next_value++;
        published[value] = {{topic, item}, server.epoch};
        if (pick(8) == 0)
            server.suppress(topic);
        server.publish(topic, item, value, pick(6) == 0, pick(3) == 0);
    }

    void reconnect(bool restart)
    {
        book.disconnect();
        restart ? server.restart() : server.disconnect();
        for (unsigned i = 0; i < pick(4); ++i)
            publish(); // while nobody listens
        for (const auto& one : consumers)
            server.subscribe(one->id, one->whole, one->topics);
    }

    void drop_consumer()
    {
        const auto at = pick(static_cast<unsigned>(consumers.size()));
        const auto key = book.remove(consumers[at]->id);
        server.streams.erase(consumers[at]->id);
        consumers.erase(consumers.begin() + at);
    }

    void step()
    {
        switch (pick(16)) {
        case 0: pick(4) == 0 ? reconnect(pick(2) == 0) : publish(); break;
        case 1: consumers.size() < 4 ? add_consumer(1 + pick(6)) : publish(); break;
        case 2: !consumers.empty() && pick(6) == 0 ? drop_consumer() : publish(); break;
        case 3:
        case 4:
        case 5: server.produce(); break;
        case 6:
        case 7:
        case 8: publish(); break;
        case 9:
        case 10:
        case 11:
        case 12: deliver(); break;
        default:
            if (!consumers.empty())
                take(*consumers[pick(static_cast<unsigned>(consumers.size()))]);
        }
        remember();
    }

    void settle()
    {
        for (int i = 0; i < 100; ++i)
            server.produce();
        remember();
        while (!server.out.empty())
            deliver();
        for (auto& one : consumers)
            while (one->track.size() != 0)
                take(*one);
    }

    void check_views() const
    {
        for (const auto& one : consumers) {
            std::map<item_name, int> expected;
            for (const auto& [name, state] : server.topics)
                if (one->whole || one->topics.contains(name))
                    for (const auto& [item, value] : state.items)
                        expected[{name, item}] = value;
            CHECK(one->track.state() == stream_state::live);
            CHECK(one->view == expected);
        }
        CHECK(book.settled());
    }
};

} // namespace

TEST_CASE("whatever happens, delivered and missed add up and the last view is the server's",
          "[stream_registry]")
{
    std::uint64_t delivered = 0;
    std::uint64_t missed = 0;
    for (unsigned seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        world one(seed);
        for (int i = 0; i < 600; ++i)
            one.step();
        one.settle();
        one.check_views();
        delivered += one.delivered;
        missed += one.missed;
    }
    // the walk did go where it should
    CHECK(delivered > 10000);
    CHECK(missed > 1000);
}
