// Bodies of detail/ticker_source.hpp.
#pragma once

#include <fullon_cache_api/detail/ticker_source.hpp>

#include <fullon_cache/detail/failure_text.hpp>
#include <fullon_cache/detail/passing_failure.hpp>
#include <fullon_cache/detail/ticker_keys.hpp>
#include <fullon_cache/detail/ticker_scan.hpp>
#include <fullon_cache/error.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

namespace fullon_cache_api::detail {

namespace asio = boost::asio;
namespace keys = fullon_cache::detail;
using std::chrono::steady_clock;

namespace {

constexpr auto named_interval = std::chrono::milliseconds(100);
constexpr auto whole_interval = std::chrono::milliseconds(1000);

// "{prefix}{exchange}:{symbol}": exchanges have no ':', symbols may.
struct channel_name {
    std::string_view exchange;
    std::string_view symbol;
};

std::optional<channel_name> parse_channel(std::string_view channel)
{
    for (const auto prefix : {keys::ticker_channel_prefix, keys::older_ticker_channel_prefix}) {
        if (!channel.starts_with(prefix))
            continue;
        const auto rest = channel.substr(prefix.size());
        const auto colon = rest.find(':');
        if (colon == std::string_view::npos || colon == 0 || colon + 1 == rest.size())
            return std::nullopt;
        return channel_name{rest.substr(0, colon), rest.substr(colon + 1)};
    }
    return std::nullopt;
}

} // namespace

/// One exchange and where its verification stands.
struct ticker_source::followed {
    followed(hub& updates, std::string exchange, const asio::any_io_executor& executor)
        : book(updates, std::move(exchange)), wake(executor)
    {}
    ticker_book book;
    keys::notifier wake;
    bool named_changed = false;
    bool whole_changed = false;
    std::string problem;     // why the last verification failed, told once
    bool whole_read = false; // every symbol is known, and kept up to date
    bool stale = false;
    bool over = false;
};

class ticker_source::lease final : public stream_source {
public:
    lease(std::shared_ptr<ticker_source> owner, std::shared_ptr<followed> where,
          std::vector<std::string> wanted, group_watcher& listener)
        : source(std::move(owner)), exchange(std::move(where)), symbols(std::move(wanted)), stream(listener)
    {
        if (symbols.empty())
            exchange->book.watch_all();
        for (const auto& symbol : symbols)
            exchange->book.watch(symbol);
        exchange->book.add(stream, symbols.empty());
    }
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;
    ~lease() override { source->release(*this); }

    std::vector<topic_ptr> topics() const override
    {
        if (symbols.empty())
            return exchange->book.topics();
        std::vector<topic_ptr> result;
        for (const auto& symbol : symbols)
            result.push_back(exchange->book.find(symbol));
        return result;
    }
    bool stale() const override { return exchange->stale; }
    std::string_view delivery() const override { return "exact"; }

    std::vector<std::string> channels() const
    {
        std::vector<std::string> result;
        for (const auto& symbol : symbols)
            for (const auto prefix : {keys::ticker_channel_prefix, keys::older_ticker_channel_prefix})
                result.push_back(keys::ticker_channel(prefix, exchange->book.exchange(), symbol));
        return result;
    }

    std::shared_ptr<ticker_source> source;
    std::shared_ptr<followed> exchange;
    std::vector<std::string> symbols;
    group_watcher& stream;
    bool subscribed = false;
};

ticker_source::ticker_source(std::shared_ptr<keys::link> redis, hub& updates)
    : redis_(std::move(redis)), hub_(updates),
      log_(fullon_log::get_component_logger("fullon.api.cache.tickers")),
      tasks_(redis_->executor(), [log = log_](std::string_view task, std::exception_ptr failure) {
          log.critical("ticker task failed", {{"task", task}, {"error", keys::failure_text(failure)}});
      })
{
    redis_->attach(*this);
}

ticker_source::~ticker_source()
{
    redis_->detach(*this);
}

asio::awaitable<void> ticker_source::stop()
{
    const auto self = shared_from_this();
    for (const auto& [name, exchange] : exchanges_) {
        exchange->over = true;
        exchange->wake.notify_all();
    }
    tasks_.cancel();
    co_await tasks_.join();
}

asio::awaitable<std::unique_ptr<stream_source>>
ticker_source::open(std::string exchange, std::vector<std::string> symbols, group_watcher& stream)
{
    std::sort(symbols.begin(), symbols.end());
    symbols.erase(std::unique(symbols.begin(), symbols.end()), symbols.end());
    const auto self = shared_from_this();
    auto made = std::make_unique<lease>(self, follow(exchange), std::move(symbols), stream);
    const auto where = made->exchange;

    co_await redis_->track(std::string(keys::ticker_hash_prefix));
    if (made->symbols.empty()) {
        co_await redis_->subscribe_prefix(std::string(keys::ticker_channel_prefix));
        co_await redis_->subscribe_prefix(std::string(keys::older_ticker_channel_prefix));
        if (!where->whole_read)
            co_await verify_all(where);
        where->whole_read = true;
    } else {
        co_await redis_->subscribe(made->channels());
        made->subscribed = true;
        std::vector<std::string> unknown;
        for (const auto& symbol : made->symbols)
            if (!where->book.known(symbol))
                unknown.push_back(symbol);
        if (!unknown.empty())
            co_await verify_named(where, std::move(unknown));
    }
    co_return std::move(made);
}

std::shared_ptr<ticker_source::followed> ticker_source::follow(const std::string& exchange)
{
    auto& where = exchanges_[exchange];
    if (!where) {
        where = std::make_shared<followed>(hub_, exchange, redis_->executor());
        where->stale = redis_->state() != keys::link_state::up;
        tasks_.spawn("verify " + exchange, verify_loop(where));
    }
    return where;
}

void ticker_source::release(lease& gone)
{
    auto& where = *gone.exchange;
    where.book.remove(gone.stream);
    if (gone.symbols.empty())
        where.book.unwatch_all();
    where.whole_read = where.whole_read && where.book.whole();
    for (const auto& symbol : gone.symbols)
        where.book.unwatch(symbol);
    if (gone.subscribed)
        redis_->unsubscribe(gone.channels());
    if (where.book.unused()) {
        where.over = true;
        where.wake.notify_all();
        exchanges_.erase(where.book.exchange());
    }
}

std::vector<ticker_source::followed_exchange> ticker_source::all_followed() const
{
    std::vector<followed_exchange> result;
    for (const auto& [name, where] : exchanges_)
        result.push_back({name, where->stale, where->book.all_followed()});
    return result;
}

void ticker_source::on_message(std::string_view channel, std::string_view payload)
{
    const auto name = parse_channel(channel);
    if (!name)
        return;
    const auto found = exchanges_.find(name->exchange);
    if (found == exchanges_.end())
        return;
    auto read = fullon_orm::tick_from_json(payload, std::string(name->exchange), std::string(name->symbol));
    if (read) {
        found->second->book.on_publication(name->symbol, std::move(*read));
        // HSET and PUBLISH are two commands: what another writer did in between was invalidated before this message,
        // and nothing else would make anybody look again.
        changed(*found->second);
    } else
        log_.warning("unreadable publication skipped",
                     {{"channel", channel}, {"reason", read.error().text()}});
}

void ticker_source::on_invalidate(std::string_view key)
{
    if (!key.starts_with(keys::ticker_hash_prefix))
        return;
    if (const auto found = exchanges_.find(key.substr(keys::ticker_hash_prefix.size()));
        found != exchanges_.end())
        changed(*found->second);
}

void ticker_source::on_invalidate_all()
{
    for (const auto& [name, exchange] : exchanges_)
        changed(*exchange);
}

void ticker_source::on_link_up()
{
    on_invalidate_all(); // whatever happened meanwhile; `fresh` goes out behind the differences
}

void ticker_source::on_link_down()
{
    for (const auto& [name, exchange] : exchanges_) {
        exchange->stale = true;
        exchange->book.announce_stale();
    }
}

void ticker_source::changed(followed& where)
{
    where.named_changed = where.whole_changed = true;
    where.wake.notify_all();
}

asio::awaitable<void> ticker_source::verify_loop(std::shared_ptr<followed> where)
{
    asio::steady_timer pause(redis_->executor());
    steady_clock::time_point whole_due{};
    while (!where->over) {
        const bool up = redis_->state() == keys::link_state::up;
        const bool whole = where->book.whole();
        const bool whole_now =
            whole && where->whole_changed && (where->stale || steady_clock::now() >= whole_due);
        if (!up || !(whole_now || (where->named_changed && !where->book.named().empty()))) {
            if (up && whole && where->whole_changed)
                co_await where->wake.wait_until(whole_due);
            else
                co_await where->wake.wait();
            continue;
        }
        const auto session = redis_->sessions();
        try {
            where->named_changed = false;
            if (whole_now) {
                where->whole_changed = false;
                whole_due = steady_clock::now() + whole_interval;
                co_await verify_all(where);
            } else
                co_await verify_named(where, where->book.named());
            where->problem.clear();
            const bool complete = !whole || whole_now;
            if (where->stale && complete && redis_->state() == keys::link_state::up &&
                redis_->sessions() == session) {
                where->stale = false;
                where->book.announce_fresh();
            }
        } catch (const fullon_cache::cache_error& failure) {
            if (keys::passes_by_itself(failure))
                changed(*where);
            if (std::exchange(where->problem, failure.what()) != failure.what())
                log_.warning("ticker verification failed",
                             {{"exchange", where->book.exchange()}, {"error", failure.what()}});
        }
        pause.expires_after(named_interval);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> ticker_source::verify_named(std::shared_ptr<followed> where,
                                                  std::vector<std::string> symbols)
{
    const auto issued = where->book.now();
    ++verifications_;
    auto found = co_await keys::read_ticks(redis_, where->book.exchange(), std::move(symbols));
    for (auto& one : found) {
        if (one.present && !one.readable)
            continue; // nothing can be said of it: what was sent stands
        if (!where->book.apply(one.symbol, one.present ? std::optional(std::move(one.value)) : std::nullopt,
                               issued))
            changed(*where);
    }
}

asio::awaitable<void> ticker_source::verify_all(std::shared_ptr<followed> where)
{
    const auto scan_issued = where->book.now();
    ++verifications_;
    std::set<std::string, std::less<>> seen;
    std::string cursor = "0";
    do {
        const auto issued = where->book.now();
        auto page = co_await keys::scan_ticks(redis_, where->book.exchange(), std::move(cursor));
        cursor = std::move(page.cursor);
        for (auto& one : page.ticks) {
            if (one.readable && !where->book.apply(one.symbol, std::move(one.value), issued))
                changed(*where);
            seen.insert(std::move(one.symbol));
        }
    } while (cursor != "0");
    if (!where->book.apply_missing(seen, scan_issued))
        changed(*where);
}

} // namespace fullon_cache_api::detail
