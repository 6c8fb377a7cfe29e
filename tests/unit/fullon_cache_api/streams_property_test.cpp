// Random publications, verifications, removals, outages and slow sessions over hub, ticker_book,
// session_streams and outbox together: nothing is lost uncounted, and everybody ends with the truth.
#include <fullon_cache_api/detail/session_streams.hpp>
#include <fullon_cache_api/detail/ticker_book.hpp>
#include <fullon_cache_api/protocol/messages.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>

#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using fullon_cache_api::detail::frame;
using fullon_cache_api::detail::group_watcher;
using fullon_cache_api::detail::hub;
using fullon_cache_api::detail::outbox;
using fullon_cache_api::detail::session_streams;
using fullon_cache_api::detail::snapshot_frame;
using fullon_cache_api::detail::stream_source;
using fullon_cache_api::detail::ticker_book;
using fullon_cache_api::detail::topic_ptr;
using fullon_orm::tick;
namespace protocol = fullon_cache_api::protocol;

namespace {

constexpr std::size_t everything = static_cast<std::size_t>(-1);

std::string shown(const std::map<std::string, double>& prices)
{
    std::string text;
    for (const auto& [symbol, price] : prices)
        text += symbol + "=" + std::to_string(price) + " ";
    return text;
}

// What one stream's client has been told.
struct client_stream {
    std::set<std::string> symbols; // empty: all
    std::map<std::string, double> prices;
    std::uint64_t snapshot_items = 0;
    bool ended = false; // snapshot_end was received
    bool stale = false;

    bool wants(const std::string& symbol) const { return symbols.empty() || symbols.contains(symbol); }
};

// One connection: what the server holds for it and what its peer understood.
struct peer {
    outbox out;
    session_streams streams;
    std::map<std::string, client_stream> client; // by stream key
    std::map<std::string, std::uint64_t> last_id; // live, by symbol
    std::map<std::string, std::uint64_t> seen_id; // live or snapshot
    std::map<std::string, std::set<std::uint64_t>> received;

    explicit peer(std::size_t conflate_above) : out(conflate_above), streams(out, [] {}) {}

    void take(std::size_t max_bytes)
    {
        std::vector<frame> frames;
        out.take(frames, max_bytes);
        for (const auto& one : frames)
            understand(boost::json::parse(*one));
    }

    void understand(const boost::json::value& message)
    {
        const auto& fields = message.as_object();
        const auto* key = fields.if_contains("stream_key");
        const std::string stream_key(key ? key->as_string() : "");
        const auto type = message.at("type").as_string();
        if (type == "acknowledgement") {
            auto& acknowledged = client[stream_key];
            for (const auto& symbol : message.at("symbols").as_array())
                acknowledged.symbols.insert(std::string(symbol.as_string()));
            return;
        }
        if (type != "ticker_update") {
            const auto known = client.find(stream_key);
            if (known == client.end())
                return; // of a stream that has been given up meanwhile
            auto& stream = known->second;
            if (type == "snapshot_end") {
                REQUIRE_FALSE(stream.ended);
                REQUIRE(message.at("items").to_number<std::uint64_t>() == stream.snapshot_items);
                stream.ended = true;
            } else {
                REQUIRE(stream.ended);
                REQUIRE(stream.stale == (type == "fresh"));
                stream.stale = type == "stale";
            }
            return;
        }
        const std::string symbol(message.at("symbol").as_string());
        const auto id = message.at("update_id").to_number<std::uint64_t>();
        const double price = message.at("price").to_number<double>();
        if (fields.contains("snapshot")) {
            REQUIRE(id >= seen_id[symbol]);
            seen_id[symbol] = id;
            if (const auto known = client.find(stream_key); known != client.end()) {
                REQUIRE_FALSE(known->second.ended);
                ++known->second.snapshot_items;
                known->second.prices[symbol] = price;
            }
            return;
        }
        REQUIRE_FALSE(key);
        REQUIRE(id > last_id[symbol]); // ids on one connection only grow
        REQUIRE(id > seen_id[symbol]); // nothing that a snapshot told already
        last_id[symbol] = seen_id[symbol] = id;
        received[symbol].insert(id);
        for (auto& [name, stream] : client) {
            if (!stream.wants(symbol))
                continue;
            if (fields.contains("removed"))
                stream.prices.erase(symbol);
            else
                stream.prices[symbol] = price;
        }
    }
};

// The server side of one stream: what it draws from, and what the counters must come to.
struct tracked final : group_watcher {
    peer* of = nullptr;
    session_streams::stream* stream = nullptr;
    ticker_book* book = nullptr;
    bool* outage = nullptr;
    std::vector<std::string> symbols;
    bool started = false;
    std::uint64_t snapshot_items = 0;
    std::deque<topic_ptr> pending;
    std::map<topic_ptr, std::uint64_t> attached_at; // id of the topic then

    void on_new_topic(const topic_ptr& made) override
    {
        if (started)
            attached_at.try_emplace(made, made->last_id());
        stream->on_new_topic(made);
    }
    void on_stale() override { stream->on_stale(); }
    void on_fresh() override { stream->on_fresh(); }
};

struct lease final : stream_source {
    tracked& of;

    explicit lease(tracked& stream) : of(stream)
    {
        if (of.symbols.empty())
            of.book->watch_all();
        for (const auto& symbol : of.symbols)
            of.book->watch(symbol);
        of.book->add(of, of.symbols.empty());
    }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() override
    {
        of.book->remove(of);
        if (of.symbols.empty())
            of.book->unwatch_all();
        for (const auto& symbol : of.symbols)
            of.book->unwatch(symbol);
    }
    std::vector<topic_ptr> topics() const override
    {
        if (of.symbols.empty())
            return of.book->topics();
        std::vector<topic_ptr> result;
        for (const auto& symbol : of.symbols)
            result.push_back(of.book->find(symbol));
        return result;
    }
    bool stale() const override { return *of.outage; }
    std::string_view delivery() const override { return "exact"; }
};

// Redis, the two connections to it, the server and its peers.
struct read_page { // one page of a verification, of which there is at most one
    ticker_book::stamp issued = 0;
    std::vector<std::string> asked;
    std::optional<std::map<std::string, tick>> reply;
};

struct world {
    std::mt19937_64 random;
    bool times_may_go_back;

    std::vector<std::string> names;
    std::map<std::string, tick> stored;
    struct push {
        std::string symbol;
        std::optional<tick> published; // empty: an invalidation
    };
    std::deque<push> pushes;
    std::vector<push> late;

    std::optional<read_page> reading;
    bool whole_scan = false;
    std::size_t cursor = 0;
    ticker_book::stamp scan_issued = 0;
    std::set<std::string, std::less<>> seen;
    bool changed = false;

    bool outage = false;
    hub all;
    ticker_book book{all, "x"};
    std::map<std::string, std::map<std::uint64_t, bool>> given; // symbol, id, whether it was sent
    std::vector<std::unique_ptr<peer>> peers;
    std::vector<std::unique_ptr<tracked>> streams;
    std::vector<std::pair<tracked*, std::unique_ptr<lease>>> opening;

    double next_price = 1;
    double now = 1000;

    explicit world(std::uint64_t seed) : random(seed), times_may_go_back(seed % 2 == 0)
    {
        const auto count = 1 + below(6);
        for (std::uint64_t i = 0; i < count; ++i)
            names.push_back("S" + std::to_string(i));
        for (const auto& name : names)
            if (chance(60))
                stored[name] = value(name);
        const auto sessions = 1 + below(4);
        for (std::uint64_t i = 0; i < sessions; ++i)
            peers.push_back(std::make_unique<peer>(below(3) == 0 ? 0 : below(3000)));
    }
    ~world()
    {
        opening.clear();
        peers.clear(); // sources refer to `streams`
    }
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    std::uint64_t below(std::uint64_t end) { return random() % end; }
    bool chance(unsigned percent) { return below(100) < percent; }
    const std::string& any_name() { return names[below(names.size())]; }

    tick value(const std::string& name)
    {
        tick made;
        made.exchange = "x";
        made.symbol = name;
        made.price = next_price++;
        if (times_may_go_back && chance(20))
            made.time = now - static_cast<double>(below(5));
        else if (!chance(5))
            made.time = chance(30) ? now : ++now;
        return made;
    }

    // --- Redis

    void write()
    {
        const auto& name = any_name();
        if (const auto known = stored.find(name); known != stored.end() && chance(10))
            pushes.push_back({name, known->second}); // the same value again: not even an invalidation here
        else {
            stored[name] = value(name);
            pushes.push_back({name, std::nullopt});
            if (chance(15)) // HSET and PUBLISH are two round trips: another writer may come in between
                late.push_back({name, stored[name]});
            else if (chance(90)) // and some do not publish
                pushes.push_back({name, stored[name]});
        }
    }
    void publish_late()
    {
        if (late.empty())
            return;
        pushes.push_back(std::move(late.back()));
        late.pop_back();
    }
    void erase()
    {
        const auto& name = any_name();
        if (stored.erase(name) != 0)
            pushes.push_back({name, std::nullopt});
    }

    // --- The server's link

    // Whoever publishes or applies: notes which ids were given out, and whether as messages.
    template <class Function>
    auto noting(Function&& function)
    {
        std::map<std::string, std::uint64_t> before;
        for (const auto& topic : book.topics())
            before[topic->name()] = topic->last_id();
        const auto suppressed = all.stats().suppressed;
        const auto result = function();
        const bool was_suppressed = all.stats().suppressed != suppressed;
        for (const auto& topic : book.topics()) {
            auto from = before[topic->name()];
            if (!before[topic->name()] && !given[topic->name()].empty())
                from = given[topic->name()].rbegin()->first; // opened again meanwhile
            REQUIRE(topic->last_id() >= from);
            for (auto id = from + 1; id <= topic->last_id(); ++id)
                given[topic->name()][id] = !was_suppressed;
        }
        return result;
    }

    void receive_push()
    {
        if (pushes.empty())
            return;
        auto one = std::move(pushes.front());
        pushes.pop_front();
        if (!one.published) {
            changed = true;
            return;
        }
        noting([&] {
            book.on_publication(one.symbol, std::move(*one.published));
            return 0;
        });
        // The hash is read once more behind each publication: it may say what is no longer so, and no
        // invalidation follows.
        changed = true;
    }

    void verify_step()
    {
        if (!reading) {
            if (!changed || book.unused())
                return;
            changed = false;
            whole_scan = book.whole();
            cursor = 0;
            seen.clear();
            scan_issued = book.now();
            issue();
        } else if (!reading->reply) {
            reading->reply.emplace();
            for (const auto& name : reading->asked)
                if (const auto found = stored.find(name); found != stored.end())
                    reading->reply->insert(*found);
        } else
            answer();
    }
    void issue()
    {
        reading.emplace();
        reading->issued = book.now();
        if (!whole_scan)
            reading->asked = book.named();
        else
            for (const auto end = std::min(names.size(), cursor + 2); cursor < end; ++cursor)
                reading->asked.push_back(names[cursor]);
    }
    void answer()
    {
        const auto page = std::move(*reading);
        reading.reset();
        for (const auto& name : page.asked) {
            const auto found = page.reply->find(name);
            if (found != page.reply->end())
                seen.insert(name);
            else if (whole_scan)
                continue; // a scan does not say what is not there, its end does
            apply(name, found == page.reply->end() ? std::nullopt : std::optional(found->second),
                  page.issued);
        }
        if (!whole_scan)
            return;
        if (cursor < names.size())
            issue();
        else if (!noting([&] { return book.apply_missing(seen, scan_issued); }))
            changed = true;
    }
    void apply(const std::string& name, std::optional<tick> found, ticker_book::stamp issued)
    {
        if (!noting([&] { return book.apply(name, std::move(found), issued); }))
            changed = true;
    }

    void toggle_outage()
    {
        outage = !outage;
        if (outage)
            book.announce_stale();
        else
            book.announce_fresh();
    }

    // --- Sessions

    void open_stream()
    {
        auto& of = *peers[below(peers.size())];
        auto made = std::make_unique<tracked>();
        made->of = &of;
        made->book = &book;
        made->outage = &outage;
        if (chance(60)) {
            std::set<std::string> wanted;
            for (auto n = 1 + below(3); n > 0; --n)
                wanted.insert(any_name());
            made->symbols.assign(wanted.begin(), wanted.end());
        }
        made->stream = &of.streams.add("stream_tickers", {});
        auto from = std::make_unique<lease>(*made);
        opening.emplace_back(made.get(), std::move(from));
        streams.push_back(std::move(made));
    }
    // The source has read what it did not know, with an answer as old as it may be.
    void finish_opening()
    {
        if (opening.empty())
            return;
        auto [which, from] = std::move(opening.back());
        opening.pop_back();
        auto& of = *which->of;
        if (chance(10)) { // or could not
            from.reset();
            of.streams.discard(*which->stream);
            forget(which);
            return;
        }
        const auto asked = which->symbols.empty() ? names : which->symbols;
        const auto issued = book.now();
        const auto then = stored;
        if (chance(50))
            receive_push();
        if (chance(20))
            write();
        for (const auto& name : asked)
            if (!book.known(name)) {
                const auto found = then.find(name);
                apply(name, found == then.end() ? std::nullopt : std::optional(found->second), issued);
            }
        const auto topics = from->topics();
        which->pending.assign(topics.begin(), topics.end());
        which->started = true;
        const boost::json::value acknowledgement{{"type", "acknowledgement"},
                                                 {"stream_key", which->stream->key()},
                                                 {"symbols", boost::json::value_from(which->symbols)}};
        of.out.push(std::make_shared<const std::string>(boost::json::serialize(acknowledgement)));
        of.streams.start(*which->stream, std::move(from));
        order.push_back(which);
    }
    std::vector<tracked*> order; // of snapshots that are under way

    void close_stream()
    {
        if (streams.empty())
            return;
        auto* which = streams[below(streams.size())].get();
        if (!which->started)
            return;
        const std::string key = which->stream->key();
        if (!which->of->client.contains(key))
            return; // its client does not know the key yet
        const auto info = info_of(*which);
        REQUIRE(which->of->streams.remove(key) == info.delivered);
        which->of->client.erase(key);
        std::erase(order, which);
        for (const auto& [topic, id] : which->attached_at)
            inherit(*which, topic);
        forget(which);
    }
    // Who waits for its snapshot of a topic that its connection got for another stream goes on to get it.
    void inherit(const tracked& gone, const topic_ptr& topic)
    {
        for (const auto& one : streams)
            if (one.get() != &gone && one->of == gone.of && one->attached_at.contains(topic))
                return;
        for (auto* one : order)
            if (one->of == gone.of && std::count(one->pending.begin(), one->pending.end(), topic) != 0) {
                one->attached_at.try_emplace(topic, topic->last_id());
                return;
            }
    }
    void forget(tracked* which)
    {
        std::erase_if(streams, [&](const auto& one) { return one.get() == which; });
    }

    // Produces, and follows what the snapshot must consist of.
    void produce(peer& of, std::size_t high_water)
    {
        auto bytes = of.out.bytes();
        for (auto at = order.begin(); at != order.end() && bytes < high_water;) {
            auto& one = **at;
            if (one.of != &of) {
                ++at;
                continue;
            }
            if (one.pending.empty()) {
                bytes += protocol::snapshot_end_message(one.stream->key(), one.snapshot_items).size();
                bytes += outage ? protocol::stale_message(one.stream->key()).size() : 0;
                at = order.erase(at);
                continue;
            }
            const auto topic = one.pending.front();
            one.pending.pop_front();
            for (const auto& [name, item] : topic->items()) {
                bytes += snapshot_frame(*topic, item.body, one.stream->key())->size();
                ++one.snapshot_items;
            }
            one.attached_at.try_emplace(topic, topic->last_id());
        }
        of.streams.produce(high_water);
        REQUIRE(of.out.bytes() == bytes);
    }

    fullon_cache_api::stream_info info_of(const tracked& of)
    {
        for (auto& one : of.of->streams.list())
            if (one.stream_key == of.stream->key())
                return one;
        FAIL("a started stream is not listed");
        return {};
    }

    // --- What must hold at any time

    std::uint64_t sent_since(const topic_ptr& topic, std::uint64_t id)
    {
        std::uint64_t count = 0;
        for (const auto& [number, sent] : given[topic->name()])
            count += number > id && sent ? 1 : 0;
        return count;
    }

    void check_counters()
    {
        for (const auto& one : streams) {
            if (!one->started)
                continue;
            std::uint64_t sent = one->snapshot_items;
            for (const auto& [topic, id] : one->attached_at)
                sent += sent_since(topic, id);
            const auto info = info_of(*one);
            REQUIRE(info.delivered + info.conflated == sent);
        }
        std::uint64_t ids = 0, suppressed = 0;
        for (const auto& [name, numbers] : given) {
            REQUIRE(
                (numbers.empty() || numbers.rbegin()->first == numbers.size())); // from one, without holes
            ids += numbers.size();
            for (const auto& [number, sent] : numbers)
                suppressed += sent ? 0 : 1;
        }
        REQUIRE(all.stats().published == ids);
        REQUIRE(all.stats().suppressed == suppressed);
    }

    // --- The end: everything arrives, and all is as in Redis

    void settle()
    {
        while (!opening.empty())
            finish_opening();
        if (outage)
            toggle_outage();
        while (!late.empty() || !pushes.empty()) {
            if (pushes.empty())
                publish_late();
            if (chance(30))
                receive_push();
            verify_step();
        }
        // Whoever reads once more after the last publication ends with what Redis has.
        for (int round = 0; reading || (changed && !book.unused()); ++round) {
            REQUIRE(round < 10000);
            verify_step();
        }
        for (const auto& of : peers) {
            while (of->streams.producing())
                produce(*of, everything);
            of->take(everything);
            REQUIRE(of->out.empty());
            REQUIRE(of->out.bytes() == 0);
        }
        check_counters();
        check_topics();
        check_clients();
    }

    static std::string symbol_of(const topic_ptr& topic)
    {
        return topic->name().substr(sizeof "tickers:x:" - 1);
    }

    // What the next snapshot would say.
    void check_topics()
    {
        for (const auto& topic : book.topics()) {
            const std::string symbol = symbol_of(topic);
            CAPTURE(symbol);
            REQUIRE(topic->items().contains(symbol) == stored.contains(symbol));
            if (stored.contains(symbol))
                REQUIRE(topic->items().at(symbol).body ==
                        fullon_cache_api::detail::ticker_body(stored.at(symbol)));
        }
    }

    void check_clients()
    {
        for (const auto& of : peers) {
            for (const auto& [key, client] : of->client) {
                CAPTURE(key);
                REQUIRE(client.ended);
                REQUIRE_FALSE(client.stale);
                std::map<std::string, double> truth;
                for (const auto& [name, value] : stored)
                    if (client.wants(name))
                        truth[name] = value.price;
                REQUIRE(shown(client.prices) == shown(truth));
            }
        }
        // `conflated` is exactly what is missing at the peer.
        for (const auto& one : streams) {
            std::uint64_t missing = 0, arrived = 0;
            for (const auto& [topic, id] : one->attached_at) {
                const auto& got = one->of->received[symbol_of(topic)];
                for (const auto& [number, sent] : given[topic->name()])
                    if (number > id && sent)
                        ++(got.contains(number) ? arrived : missing);
            }
            const auto info = info_of(*one);
            REQUIRE(info.conflated == missing);
            REQUIRE(info.delivered == arrived + one->snapshot_items);
        }
    }

    void step()
    {
        switch (below(12)) {
        case 0:
        case 1:
        case 2: write(); break;
        case 3:
            if (chance(30))
                erase();
            if (chance(30))
                publish_late();
            break;
        case 4:
        case 5: receive_push(); break;
        case 6:
        case 7: verify_step(); break;
        case 8:
            if (streams.size() < 12 && chance(30))
                open_stream();
            finish_opening();
            break;
        case 9:
            if (chance(15))
                close_stream();
            if (chance(10))
                toggle_outage();
            break;
        case 10: produce(*peers[below(peers.size())], below(2000)); break;
        default: peers[below(peers.size())]->take(below(4000)); break;
        }
    }
};

} // namespace

TEST_CASE("whatever happens, ids grow, every update is counted, and everybody ends with what Redis has",
          "[fullon_cache_api][property]")
{
    std::uint64_t conflated = 0, suppressed = 0, deliveries = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        INFO("seed " << seed);
        world one(seed);
        const auto steps = 50 + one.below(600);
        for (std::uint64_t i = 0; i < steps; ++i) {
            one.step();
            if (i % 16 == 0)
                one.check_counters();
        }
        one.settle();
        suppressed += one.all.stats().suppressed;
        deliveries += one.all.stats().deliveries;
        for (const auto& stream : one.streams)
            conflated += one.info_of(*stream).conflated;
    }
    // The runs must have met what they are about.
    CHECK(conflated > 1000);
    CHECK(suppressed > 100);
    CHECK(deliveries > 10000);
}
