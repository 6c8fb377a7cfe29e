// Bodies of world.hpp: what is met in the field, and what must hold meanwhile.
#include "property/world.hpp"

#include "support/async_test.hpp"
#include "support/redis_cli.hpp"
#include "support/websocket_peer.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <thread>
#include <utility>

namespace property {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::command;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// Within a second, and what a busy machine takes.
constexpr auto promised = 1500ms * support::patience;

std::string tick_text(const std::string& exchange, const std::string& symbol, std::int64_t mark)
{
    const auto price = static_cast<double>(mark);
    return fullon_orm::to_json(support::make_tick(exchange, symbol, price, 1'762'500'000 + price));
}

struct request {
    std::string operation;
    std::string params;
};

// Asks, and is gone: a server may be away, or end the connection first.
asio::awaitable<void> ask_and_vanish(std::uint16_t port, std::vector<request> asked, milliseconds time)
{
    support::websocket_peer peer(co_await asio::this_coro::executor);
    try {
        co_await peer.open(port);
        std::string all;
        for (std::size_t i = 0; i < asked.size(); ++i)
            all += support::make_frame(
                support::request_text(std::to_string(i), asked[i].operation, asked[i].params));
        co_await peer.try_send_raw(std::move(all));
        if (time != 0ms)
            co_await support::pause(time);
    } catch (const std::runtime_error&) { // boost::system::system_error is one
    }
    peer.vanish();
}

} // namespace

void world::hold_services()
{
    services_.hold();
    others_.hold();
}

void world::release_services()
{
    services_.release();
    others_.release();
}

// None of their marks was ever written in the database that is followed.
void world::invent(const step& one)
{
    std::vector<command> all;
    for (std::uint32_t i = 0; i < one.amount; ++i) {
        const auto which = one.which / 8 + i;
        const auto exchange = market_.exchange(which);
        const auto mark = ++invented_ * 1000 + static_cast<std::int64_t>(number_elsewhere) - 1;
        auto symbol = market_.symbol(which / 2);
        const auto payload = tick_text(exchange, symbol, mark);
        std::string channel = "ticker_updates:";
        std::string text = payload;
        switch ((one.which + i) % 6) {
        case 0: break;
        case 1: channel = "next_ticker:"; break;
        case 2: symbol = "X" + std::to_string(which % 50) + "/Y"; break;
        case 3: text = payload.substr(0, which % payload.size()); break;
        case 4: symbol += ":" + symbol; break;
        default: // of an exchange whose name has a colon, with what stands behind it
            all.emplace_back("HSET", "tickers:" + exchange + ":x", symbol, payload);
            symbol = "x:" + symbol;
        }
        all.emplace_back("PUBLISH", channel + exchange + ":" + symbol, text);
    }
    services_.execute(std::move(all));
}

// A history that is loaded again, page by page: nobody writes to the list meanwhile. Who comes while it is short need not
// hear of what is no news to the server.
void world::refill(const step& one)
{
    const auto which = one.which / 2;
    const auto traded = support::slashless(market_.traded_symbol(which / 2));
    const auto key =
        one.which % 2 == 0 ? "trades:" + market_.exchange(which) + ":" + traded : "ohlcv:" + traded + ":1m";
    wait_for_clients();
    hold_services();
    support::redis_cli cli(redis_);
    const auto reply = cli.execute({"LRANGE", key, "0", "-1"});
    if (!reply.is_error() && !reply.elements.empty()) {
        const auto all = reply.texts();
        cli("DEL", key);
        for (std::size_t at = 0; at < all.size(); at += one.amount) {
            const auto end = std::min<std::size_t>(at + one.amount, all.size());
            cli("RPUSH", key,
                std::vector<std::string>(all.begin() + static_cast<std::ptrdiff_t>(at),
                                         all.begin() + static_cast<std::ptrdiff_t>(end)));
            if (one.which / 4 % 2 == 0)
                std::this_thread::sleep_for(1ms);
        }
    }
    release_services();
}

void world::retype(const step& one)
{
    const auto which = one.which / 16;
    const auto exchange = market_.exchange(which);
    const auto traded = support::slashless(market_.traded_symbol(which / 2));
    const std::array<std::string, 6> keys{
        "tickers:" + exchange, "order_status:" + exchange,          "account_positions",
        "bot_status",          "trades:" + exchange + ":" + traded, "ohlcv:" + traded + ":1m"};
    if (one.which % 3 == 0) {
        mend();
        return;
    }
    unreadable_ = true;
    support::redis_cli cli(redis_);
    cli("SET", keys[which % keys.size()], "no longer what it was");
}

void world::set_rights(std::uint32_t which)
{
    const std::array<std::vector<std::string>, 4> taken{{{"resetkeys"},
                                                         {"resetkeys", "%R~tickers:*", "%R~trades:*"},
                                                         {"resetchannels"},
                                                         {"resetchannels", "&ticker_updates:*"}}};
    if (which % 2 == 0) {
        mend();
        return;
    }
    unreadable_ = true;
    support::redis_cli cli(redis_);
    cli("ACL", "SETUSER", "api", taken[which / 2 % taken.size()]);
}

// All rights are given back, and what is not of the type that it should be goes.
void world::mend()
{
    support::redis_cli cli(redis_);
    cli("ACL", "SETUSER", "api", "~*", "&*");
    for (const int database : {0, 1}) {
        cli("SELECT", database);
        for (const auto& key : cli("KEYS", "*").texts()) {
            const bool is_text = cli("TYPE", key).text == "string";
            if (is_text && !key.starts_with("process:") && !key.starts_with("ticker_time:") &&
                !key.starts_with("TRADE:"))
                cli("DEL", key);
        }
    }
}

// As with a Redis that is put back: a client remembers some trades.
bool world::may_swap() const
{
    const auto now = written_trades();
    return std::all_of(now.begin(), now.end(), [this](const auto& one) {
        const auto before = swapped_trades_.find(one.first);
        return before == swapped_trades_.end() || one.second - before->second <= remembered;
    });
}

void world::swap_databases()
{
    wait_for_clients();
    hold_services();
    if (may_swap()) {
        swapped_trades_ = written_trades();
        written_.swap_with(elsewhere_);
        support::redis_cli cli(redis_);
        cli("SWAPDB", 0, 1);
        swapped_at_ = steady_clock::now();
        excuse_clients(false);
    }
    release_services();
}

void world::leave_early(const step& one)
{
    std::vector<request> asked;
    for (std::uint32_t i = 0; i <= one.which % 4; ++i) {
        const auto which = one.which / 64 + i;
        const auto exchange = R"({"exchange":")" + market_.exchange(which) + "\"}";
        const auto symbol = market_.traded_symbol(which);
        switch ((one.which / 4 + i) % 10) {
        case 0: asked.push_back({"stream_tickers", exchange}); break;
        case 1:
            asked.push_back({"stream_tickers", R"({"exchange":")" + market_.exchange(which) +
                                                   R"(","symbols":[")" + symbol + "\"]}"});
            break;
        case 2: asked.push_back({"stream_positions", R"({"user_id":1})"}); break;
        case 3: asked.push_back({"stream_order_queue", exchange}); break;
        case 4: asked.push_back({"stream_bot_status", "{}"}); break;
        case 5: asked.push_back({"stream_process_health", "{}"}); break;
        case 6: asked.push_back({"stream_trade_updates", exchange}); break;
        case 7:
            asked.push_back({"stream_ohlcv", R"({"symbol":")" + symbol + R"(","timeframe":"1m"})"});
            break;
        case 8: asked.push_back({"get_all_tickers", exchange}); break;
        default: asked.push_back({"get_bots", "{}"});
        }
    }
    asio::post(client_thread_.executor(), [this, asked = std::move(asked), time = one.amount]() mutable {
        leavers_.spawn("leaver", ask_and_vanish(port_, std::move(asked), milliseconds(time)));
    });
}

// What is not marked is what Redis holds, within a second once nothing is written; where Redis tells nobody that something
// has changed, within the time of reconciliation.
void world::compare()
{
    services_.drain();
    others_.drain();
    const auto begin = steady_clock::now();
    milliseconds time = promised;
    if (steady_clock::now() - swapped_at_ < reconciliation * 2)
        time += reconciliation * 2;
    support::redis_cli cli(redis_);
    for (;;) {
        const auto truth = support::read_truth(cli, market_);
        const auto compare = [&]() -> asio::awaitable<std::string> {
            std::string text;
            for (const auto& one : places_)
                if (one->who && one->now == place::phase::open)
                    text += one->who->live_difference(truth);
            co_return text;
        };
        const auto text = client_thread_.run(compare, patient);
        check();
        if (text.empty())
            break;
        if (steady_clock::now() - begin > time)
            throw std::runtime_error("not marked as stale, and not what Redis holds after " +
                                     std::to_string(time.count()) + " ms:" + text);
        std::this_thread::sleep_for(10ms);
    }
    ++seen_.compared;
}

} // namespace property
