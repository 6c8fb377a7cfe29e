// Random writes, publications (also of other databases), reads, removals, unreadable entries, outages and slow sessions over
// hub, ticker_topics, session_streams and outbox together: nothing is told that no read gave, nothing is lost uncounted, and
// everybody ends with the truth.
#include <fullon_cache_api/detail/feed/ticker_topics.hpp>
#include <fullon_cache_api/detail/session/session_streams.hpp>
#include <fullon_cache_api/detail/wire/messages.hpp>

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

using fullon_cache_api::stale_reason;
using fullon_cache_api::detail::feed_listener;
using fullon_cache_api::detail::frame;
using fullon_cache_api::detail::hub;
using fullon_cache_api::detail::outbox;
using fullon_cache_api::detail::session_streams;
using fullon_cache_api::detail::snapshot_message;
using fullon_cache_api::detail::stream_source;
using fullon_cache_api::detail::ticker_reading;
using fullon_cache_api::detail::ticker_topics;
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
    std::set<std::string> stale_topics;

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
    const std::set<double>& were_read; // prices that any read gave

    peer(std::size_t conflate_above, const std::set<double>& read)
        : out(conflate_above), streams(out, [] {}), were_read(read)
    {}

    void take(std::size_t max_bytes)
    {
        std::vector<frame> frames;
        out.take(frames, max_bytes);
        for (const auto& one : frames)
            understand(boost::json::parse(*one));
    }

    static void understand_mark(client_stream& stream, const boost::json::object& mark, bool stale)
    {
        REQUIRE(mark.contains("reason") == stale);
        const auto* topics = mark.if_contains("topics");
        if (!topics) {
            REQUIRE(stream.stale != stale);
            stream.stale = stale;
            return;
        }
        for (const auto& topic : topics->as_array()) {
            const std::string name(topic.as_string());
            REQUIRE(stale != stream.stale_topics.contains(name));
            if (stale)
                stream.stale_topics.insert(name);
            else
                stream.stale_topics.erase(name);
        }
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
                understand_mark(stream, message.as_object(), type == "stale");
            }
            return;
        }
        const std::string symbol(message.at("symbol").as_string());
        REQUIRE(were_read.contains(message.at("price").to_number<double>()));
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
struct tracked final : feed_listener {
    peer* of = nullptr;
    session_streams::stream* stream = nullptr;
    ticker_topics* book = nullptr;
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
    void on_stale(stale_reason why) override { stream->on_stale(why); }
    void on_fresh() override { stream->on_fresh(); }
};

struct lease final : stream_source {
    tracked& of;

    explicit lease(tracked& stream) : of(stream)
    {
        for (const auto& symbol : of.symbols)
            of.book->watch(symbol);
        of.book->add(of, of.symbols.empty());
    }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() override
    {
        of.book->remove(of);
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
    stale_reason stale() const override { return *of.outage ? stale_reason::redis_down : stale_reason::none; }
    std::string_view delivery() const override { return "exact"; }
};

// A read of the hash: one of what publications named and one of a verification may be under way.
struct read_under_way {
    std::uint64_t number = 0;
    std::vector<std::string> asked;
    bool verifies = false;
    std::optional<std::map<std::string, tick>> reply; // what was there
    std::set<std::string> broken; // then
};

// A look at the whole hash, or at all that is followed by name, in pages.
struct verification {
    bool whole = false;
    std::size_t whole_ends = 0;
    std::uint64_t first = 0;
    std::vector<std::string> named; // of all, otherwise
    std::size_t cursor = 0;
    std::set<std::string, std::less<>> seen;
};

// Redis, the two connections to it, the server and its peers.
struct world {
    std::mt19937_64 random;
    bool times_may_go_back;
    bool steady; // everything is followed, written and published once: then publications can be counted

    std::vector<std::string> names;
    std::map<std::string, tick> stored;
    std::set<std::string> broken; // what is stored cannot be read
    std::uint64_t times_broken = 0;
    struct push {
        std::string symbol;
        std::optional<tick> published; // empty: an invalidation
    };
    std::deque<push> pushes;
    std::vector<push> late;
    std::map<std::string, std::uint64_t> published;

    std::deque<read_under_way> reads; // by one connection, in turn
    std::optional<verification> scan;
    std::set<double> were_read;
    bool changed = false;

    bool outage = false;
    hub all;
    ticker_topics book{all, "x"};
    std::map<std::string, std::map<std::uint64_t, bool>> given; // symbol, id, whether it was sent
    std::vector<std::unique_ptr<peer>> peers;
    std::vector<std::unique_ptr<tracked>> streams;
    std::vector<std::pair<tracked*, std::unique_ptr<lease>>> opening;

    double next_price = 1;
    double now = 1000;

    explicit world(std::uint64_t seed) : random(seed), times_may_go_back(seed % 2 == 0), steady(seed % 5 == 0)
    {
        const auto count = 1 + below(6);
        for (std::uint64_t i = 0; i < count; ++i)
            names.push_back("S" + std::to_string(i));
        for (const auto& name : names)
            if (chance(60))
                stored[name] = value(name);
        const auto sessions = 1 + below(4);
        for (std::uint64_t i = 0; i < sessions; ++i)
            peers.push_back(std::make_unique<peer>(below(3) == 0 ? 0 : below(3000), were_read));
        if (!steady)
            return;
        for (const auto& name : names) {
            stored.try_emplace(name, value(name));
            book.watch(name);
            apply(name, {name, true, stored.at(name)}, book.next_read());
        }
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
        if (!steady && chance(10)) {
            if (const auto known = stored.find(name); known != stored.end() && chance(50))
                pushes.push_back({name, known->second}); // once more
            else
                pushes.push_back({name, value(name)}); // in another database
            return;
        }
        if (!steady && stored.contains(name) && chance(5)) {
            broken.insert(name);
            ++times_broken;
            pushes.push_back({name, std::nullopt});
            return;
        }
        stored[name] = value(name);
        broken.erase(name);
        pushes.push_back({name, std::nullopt});
        ++published[name];
        if (chance(15)) // HSET and PUBLISH are two round trips: another writer may come in between
            late.push_back({name, stored[name]});
        else if (steady || chance(90)) // and some do not publish
            pushes.push_back({name, stored[name]});
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
        broken.erase(name);
        if (!steady && stored.erase(name) != 0)
            pushes.push_back({name, std::nullopt});
    }

    // --- The server's link

    // Notes which ids were given out, and whether as messages: what is told takes the last.
    void apply(const std::string& name, ticker_reading found, std::uint64_t number)
    {
        auto& numbers = given["tickers:x:" + name];
        const auto before = numbers.empty() ? 0 : numbers.rbegin()->first;
        if (const auto topic = book.find(name))
            REQUIRE(topic->last_id() == before);
        const auto suppressed = all.stats().suppressed;
        if (found.value)
            were_read.insert(found.value->price);
        book.apply(std::move(found), number);
        const auto sent_from = before + all.stats().suppressed - suppressed;
        if (const auto topic = book.find(name))
            for (auto id = before + 1; id <= topic->last_id(); ++id)
                numbers[id] = id > sent_from;
    }

    void receive_push()
    {
        if (pushes.empty())
            return;
        auto one = std::move(pushes.front());
        pushes.pop_front();
        if (!one.published)
            changed = true;
        else
            book.on_publication(one.symbol, fullon_orm::to_json(*one.published));
        REQUIRE(all.stats().published == ids_given()); // it tells nothing
    }

    bool reading(bool verifies) const
    {
        return std::any_of(reads.begin(), reads.end(),
                           [&](const auto& one) { return one.verifies == verifies; });
    }

    void read_step()
    {
        switch (below(4)) {
        case 0:
            if (book.hinted() && !reading(false))
                reads.push_back({book.next_read(), book.take_hinted(1 + below(3)), false, {}, {}});
            break;
        case 1: verify(); break;
        case 2:
            for (auto& one : reads)
                if (!one.reply) {
                    one.reply = stored;
                    one.broken = broken;
                    break;
                }
            break;
        default:
            if (!reads.empty() && reads.front().reply)
                answer();
        }
    }
    bool verification_due() const
    {
        return !book.unused() && (changed || (book.whole() && !book.whole_read()));
    }
    void verify()
    {
        if (reading(true))
            return;
        if (!scan) {
            if (!verification_due())
                return;
            changed = false;
            scan.emplace();
            scan->whole = book.whole();
            scan->whole_ends = book.whole_ends();
            scan->first = book.next_read();
            scan->named = scan->whole ? names : book.named();
        }
        read_under_way page;
        page.number = book.next_read();
        page.verifies = true;
        for (const auto end = std::min(scan->named.size(), scan->cursor + 2); scan->cursor < end;
             ++scan->cursor)
            page.asked.push_back(scan->named[scan->cursor]);
        reads.push_back(std::move(page));
    }
    void answer()
    {
        const auto page = std::move(reads.front());
        reads.pop_front();
        for (const auto& name : page.asked) {
            const auto there = page.reply->find(name);
            const bool present = there != page.reply->end();
            if (page.verifies && present)
                scan->seen.insert(name);
            if (page.verifies && scan->whole && !present)
                continue; // a scan does not say what is not there, its end does
            if (page.verifies && scan->whole && chance(5)) { // and overlooks what moves
                scan->seen.erase(name);
                continue;
            }
            ticker_reading found{name, present, std::nullopt};
            if (present && !page.broken.contains(name))
                found.value = there->second;
            apply(name, std::move(found), page.number);
        }
        if (!page.verifies || scan->cursor < scan->named.size())
            return;
        if (scan->whole) {
            book.end_scan(scan->seen, scan->first);
            if (scan->whole_ends == book.whole_ends())
                book.set_whole_read();
        }
        scan.reset();
    }

    void toggle_outage()
    {
        outage = !outage;
        if (outage)
            book.announce_stale(stale_reason::redis_down);
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
        book.hint_unread(made->symbols);
        opening.emplace_back(made.get(), std::move(from));
        streams.push_back(std::move(made));
    }
    // Once its topics have been read.
    void finish_opening()
    {
        if (opening.empty())
            return;
        if (!book.has_read(opening.back().first->symbols))
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
                bytes += marks_of(one);
                at = order.erase(at);
                continue;
            }
            const auto topic = one.pending.front();
            one.pending.pop_front();
            for (const auto& [name, item] : topic->items()) {
                bytes += snapshot_message(item.value, topic->last_id(), one.stream->key())->size();
                ++one.snapshot_items;
            }
            one.attached_at.try_emplace(topic, topic->last_id());
        }
        of.streams.produce(high_water);
        REQUIRE(of.out.bytes() == bytes);
    }

    std::size_t marks_of(const tracked& of) const
    {
        std::size_t bytes =
            outage ? protocol::stale_message(of.stream->key(), stale_reason::redis_down).size() : 0;
        std::vector<std::string> unreadable;
        for (const auto& [topic, id] : of.attached_at)
            if (topic->stale() != stale_reason::none)
                unreadable.push_back(topic->name());
        if (!unreadable.empty())
            bytes += protocol::stale_message(of.stream->key(), stale_reason::unreadable, unreadable).size();
        return bytes;
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

    std::uint64_t ids_given() const
    {
        std::uint64_t count = 0;
        for (const auto& [name, numbers] : given)
            count += numbers.size();
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
        if (outage)
            toggle_outage();
        for (int round = 0; !late.empty() || !pushes.empty() || !reads.empty() || !opening.empty() || scan ||
                            book.hinted() || verification_due();
             ++round) {
            REQUIRE(round < 100'000);
            if (pushes.empty())
                publish_late();
            if (chance(30))
                receive_push();
            read_step();
            finish_opening();
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

    // Whether the streams of all have it: there was something.
    bool announced(const topic_ptr& topic) const
    {
        const auto all_topics = book.topics();
        return std::find(all_topics.begin(), all_topics.end(), topic) != all_topics.end();
    }

    // What the next snapshot would say.
    void check_topics()
    {
        for (const auto& topic : book.topics()) {
            const std::string symbol = symbol_of(topic);
            CAPTURE(symbol);
            REQUIRE((topic->stale() == stale_reason::unreadable) == broken.contains(symbol));
            if (steady) // distinct values: each is shown or missed, once
                REQUIRE(topic->last_id() == published[symbol]);
            if (broken.contains(symbol))
                continue; // what was told stands
            REQUIRE(topic->items().contains(symbol) == stored.contains(symbol));
            if (stored.contains(symbol))
                REQUIRE(topic->items().at(symbol).value.body() ==
                        fullon_cache_api::detail::make_value<fullon_cache_api::operations::stream_tickers>(
                            fullon_cache_api::to_ticker(stored.at(symbol)))
                            .body());
        }
    }

    void check_clients()
    {
        for (const auto& of : peers) {
            for (const auto& [key, client] : of->client) {
                CAPTURE(key);
                REQUIRE(client.ended);
                REQUIRE_FALSE(client.stale);
                std::map<std::string, double> truth, told = client.prices;
                std::set<std::string> unreadable;
                for (const auto& [name, value] : stored) {
                    const auto topic = book.find(name);
                    if (!client.wants(name))
                        continue;
                    if (!broken.contains(name))
                        truth[name] = value.price;
                    else if (topic && (client.symbols.contains(name) || announced(topic)))
                        unreadable.insert(topic->name());
                    told.erase(broken.contains(name) ? name : std::string());
                }
                REQUIRE(shown(told) == shown(truth));
                REQUIRE(client.stale_topics == unreadable);
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
        case 7:
            for (int i = 0; i < 6; ++i)
                read_step();
            break;
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
    std::uint64_t conflated = 0, suppressed = 0, unreadable = 0, deliveries = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        INFO("seed " << seed);
        world one(seed);
        const auto steps = 50 + one.below(1000);
        for (std::uint64_t i = 0; i < steps; ++i) {
            one.step();
            if (i % 16 == 0)
                one.check_counters();
        }
        one.settle();
        suppressed += one.all.stats().suppressed;
        deliveries += one.all.stats().deliveries;
        unreadable += one.times_broken;
        for (const auto& stream : one.streams)
            conflated += one.info_of(*stream).conflated;
    }
    // The runs must have met what they are about.
    CHECK(conflated > 1000);
    CHECK(suppressed > 100);
    CHECK(unreadable > 100);
    CHECK(deliveries > 10000);
}
