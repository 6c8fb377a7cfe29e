// Bodies of world.hpp: one function per kind of step.
#include "property/world.hpp"
#include "property/sockets.hpp"

#include "support/async_test.hpp"
#include "support/background.hpp"

#include <fullon_cache_api/error.hpp>
#include <fullon_cache_api/types/metrics_snapshot.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>

#include <sys/socket.h>

namespace property {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using fullon_cache::command;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t most_clients = 5;
constexpr std::size_t lasting_clients = 2; // these never go

support::market small_market()
{
    support::market made;
    made.exchanges = 2;
    made.symbols = 5;
    made.accounts = 3;
    made.position_symbols = 3;
    made.orders = 12;
    made.bots = 4;
    made.traded_symbols = 3;
    made.writes_of_a_bar = 12;
    made.writes_between_removals = 150;
    made.much_text = 16 * 1024;
    return made;
}

void sleep(milliseconds time)
{
    std::this_thread::sleep_for(time);
}

} // namespace

void travels::add(const member& one)
{
    const auto counts = one.counts();
    items += counts.items;
    missed += counts.missed;
    removed += counts.removed;
    resynced += counts.resynced;
    disconnects += one.disconnects();
    outages += one.outages();
    refused += one.refused() ? 1 : 0;
}

travels& travels::operator+=(const travels& other)
{
    written += other.written;
    failed_writes += other.failed_writes;
    items += other.items;
    missed += other.missed;
    removed += other.removed;
    resynced += other.resynced;
    disconnects += other.disconnects;
    outages += other.outages;
    conflated += other.conflated;
    dropped += other.dropped;
    audits += other.audits;
    compared += other.compared;
    refused += other.refused;
    return *this;
}

world::world()
    : market_(small_market()), services_(writer_thread_, redis_, market_, written_),
      others_(writer_thread_, redis_, market_, elsewhere_, number_elsewhere, 1),
      leavers_(client_thread_.executor())
{
    for (std::size_t i = 0; i < most_clients; ++i)
        places_.push_back(std::make_unique<place>());
    services_.start();
    others_.start();
    start_server();
    services_.write(1, 40); // so that streams begin with something
    for (std::size_t i = 0; i < lasting_clients + 1; ++i)
        open_client(i);
    wait_for_clients();
}

world::~world() = default;

void world::execute(const step& one)
{
    const milliseconds time(one.amount);
    const auto client = one.which % most_clients;
    switch (one.what) {
    case step_kind::write: services_.write(one.which, one.amount); break;
    case step_kind::rewrite: {
        const std::array<std::string, 4> keys{"tickers:" + market_.exchange(one.which), "account_positions",
                                              "bot_status", "order_status:" + market_.exchange(one.which)};
        services_.rewrite(keys[one.which / 2 % keys.size()], one.which / 8);
        break;
    }
    case step_kind::remove: remove(one); break;
    case step_kind::take: take(one); break;
    case step_kind::expire: expire(one); break;
    case step_kind::flush: services_.execute({command("FLUSHDB")}); break;
    case step_kind::pause: sleep(time); break;
    case step_kind::drain: services_.drain(); break;
    case step_kind::hang_redis: hang_redis(time); break;
    case step_kind::save_redis: save_redis(); break;
    case step_kind::restart_redis: restart_redis(one); break;
    case step_kind::kill_links: kill_links(one.which); break;
    case step_kind::open_client: open_client(client); break;
    case step_kind::close_client:
        if (client >= lasting_clients)
            end_client(client, one.which / most_clients % 2 == 0);
        break;
    case step_kind::cut_client: cut_client(one.which); break;
    case step_kind::slow_client: set_speed(client, time); break;
    case step_kind::stop_client: set_speed(client, std::nullopt); break;
    case step_kind::resume_client: set_speed(client, 0ms); break;
    case step_kind::stall_clients: stall(client_thread_, time); break;
    case step_kind::stall_server: stall(server_thread_, time); break;
    case step_kind::stall_auditor: stall_auditor(time); break;
    case step_kind::flood:
        stall_auditor(time);
        services_.flood(one.which);
        break;
    case step_kind::restart_server: restart_server(one); break;
    case step_kind::set_clock: services_.set_clock(support::market_writer::clock(one.which % clocks)); break;
    case step_kind::write_silently: services_.write_silently(one.which, one.amount); break;
    case step_kind::write_elsewhere: others_.write(one.which, one.amount); break;
    case step_kind::invent: invent(one); break;
    case step_kind::refill: refill(one); break;
    case step_kind::retype: retype(one); break;
    case step_kind::set_rights: set_rights(one.which); break;
    case step_kind::swap_databases: swap_databases(); break;
    case step_kind::leave_early: leave_early(one); break;
    case step_kind::compare: compare(); break;
    }
    check();
}

void world::remove(const step& one)
{
    const auto which = one.which / 16;
    const auto exchange = market_.exchange(which);
    const auto traded = support::slashless(market_.traded_symbol(which / 2));
    switch (one.which % 11) {
    case 0: services_.execute({command("HDEL", "tickers:" + exchange, market_.symbol(which / 2))}); break;
    case 1: services_.execute({command("DEL", "tickers:" + exchange)}); break;
    case 2: services_.execute({command("HDEL", "account_positions", market_.account(which))}); break;
    case 3: services_.execute({command("DEL", "account_positions")}); break;
    case 4: services_.execute({command("HDEL", "bot_status", market_.bot_id(which))}); break;
    case 5: services_.execute({command("DEL", "bot_status")}); break;
    case 6:
        services_.execute({command("HDEL", "order_status:" + exchange, market_.order_id(which / 2))});
        break;
    case 7: services_.execute({command("DEL", "order_status:" + exchange)}); break;
    case 8: services_.execute({command("DEL", "trades:" + exchange + ":" + traded)}); break;
    case 9: services_.execute({command("DEL", "ohlcv:" + traded + ":1m")}); break;
    default: // gone and back in one go
        services_.execute({command("DEL", "tickers:" + exchange)});
        services_.write(one.which, 5);
    }
}

void world::take(const step& one)
{
    const auto which = one.which / 16;
    const auto traded = support::slashless(market_.traded_symbol(which / 2));
    const auto trades = "trades:" + market_.exchange(which) + ":" + traded;
    switch (one.which % 4) {
    case 0: services_.execute({command("LPOP", trades, std::max<std::uint32_t>(one.amount, 1))}); break;
    case 1: services_.execute({command("LTRIM", trades, -static_cast<int>(one.amount) - 1, -1)}); break;
    case 2: services_.execute({command("LTRIM", trades, 1, 0)}); break; // all
    default:
        services_.execute(
            {command("LTRIM", "ohlcv:" + traded + ":1m", -static_cast<int>(one.amount) - 1, -1)});
    }
}

void world::expire(const step& one)
{
    const auto which = one.which / 16;
    const auto exchange = market_.exchange(which);
    const auto traded = support::slashless(market_.traded_symbol(which / 2));
    const std::array<std::string, 6> keys{
        "tickers:" + exchange, "order_status:" + exchange,          "account_positions",
        "bot_status",          "trades:" + exchange + ":" + traded, "ohlcv:" + traded + ":1m"};
    services_.execute({command("PEXPIRE", keys[one.which % keys.size()], one.amount)});
}

void world::hang_redis(milliseconds time)
{
    redis_.pause();
    sleep(time);
    redis_.resume();
}

void world::save_redis()
{
    support::redis_cli cli(redis_);
    cli("SAVE");
    written_.save();
    saved_trades_ = written_trades();
    const auto note = [this]() -> asio::awaitable<void> {
        for (const auto& one : places_)
            one->since_save = one->now == place::phase::opening;
        co_return;
    };
    client_thread_.run(note, patient);
}

std::map<std::string, std::size_t> world::written_trades() const
{
    std::map<std::string, std::size_t> counts;
    for (std::size_t i = 0; i < market_.exchanges; ++i)
        for (std::size_t k = 0; k < market_.traded_symbols; ++k) {
            const auto key =
                "trades:" + market_.exchange(i) + ":" + support::slashless(market_.traded_symbol(k));
            counts.emplace(key, written_.count(key));
        }
    return counts;
}

// A server, and a client, remembers some trades, and knows those of an earlier state by these.
bool world::may_restore() const
{
    const auto now = written_trades();
    return std::all_of(now.begin(), now.end(), [this](const auto& one) {
        const auto saved = saved_trades_.find(one.first);
        return saved != saved_trades_.end() && one.second - saved->second <= remembered;
    });
}

void world::restart_redis(const step& one)
{
    if (one.which % 3 == 0)
        save_redis();
    wait_for_clients();
    redis_.kill();
    hold_services(); // what is on its way fails, the rest comes later
    const bool restores = one.which % 2 != 0 && may_restore();
    if (restores)
        written_.restore();
    else
        std::filesystem::remove(redis_.directory() / "dump.rdb");
    sleep(milliseconds(one.amount));
    redis_.start();
    if (restores) {
        mend(); // what could not be read when it was saved
        excuse_clients(true);
        support::redis_cli cli(redis_);
        cli("SELECT", 1); // what was hidden when it was saved, nobody remembers
        cli("FLUSHDB");
    }
    services_.connect();
    others_.connect();
    release_services();
}

// Who came after the save need not hear of trades that had been taken by then, and are there again: to the server they are
// old.
void world::excuse_clients(bool only_late)
{
    support::redis_cli cli(redis_);
    const auto truth = support::read_truth(cli, market_);
    const auto excuse = [&]() -> asio::awaitable<void> {
        for (const auto& one : places_)
            if (one->who && (one->since_save || !only_late))
                one->who->excuse(truth);
        co_return;
    };
    client_thread_.run(excuse, patient);
}

// Those of the server and of the services, as CLIENT LIST has them.
void world::kill_links(std::uint32_t which)
{
    support::redis_cli cli(redis_);
    const auto mine = cli("CLIENT", "ID").text;
    const auto all = cli("CLIENT", "LIST").text;
    std::vector<std::string> ids;
    for (std::size_t at = 0; at < all.size(); at = all.find('\n', at) + 1) {
        const auto from = all.find("id=", at) + 3;
        auto id = all.substr(from, all.find(' ', from) - from);
        if (id != mine)
            ids.push_back(std::move(id));
    }
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (which % 4 == 0 || which / 4 % ids.size() == i)
            cli("CLIENT", "KILL", "ID", ids[i]);
}

void world::open_client(std::size_t at)
{
    const auto open = [](world* self, place* where, std::size_t number) -> asio::awaitable<void> {
        if (where->now != place::phase::empty)
            co_return;
        where->now = place::phase::opening;
        expectations wanted{&self->written_, [self] { return self->lives_.load(); },
                            [self] { return self->unreadable_.load(); }};
        auto made = std::make_unique<member>(self->client_thread_.executor(), self->market_, number, wanted);
        bool opened = false;
        try {
            co_await made->open("ws://127.0.0.1:" + std::to_string(self->port_));
            opened = true;
        } catch (const boost::system::system_error& refused) { // there is no server, or no Redis
            if (refused.code() ==
                fullon_cache_api::error::invalid_params) // then there would be nothing to look at
                where->failure = std::current_exception();
        } catch (...) {
            where->failure = std::current_exception();
        }
        if (!opened)
            co_await made->drop();
        else
            where->who = std::move(made);
        where->since_save = true;
        where->now = opened ? place::phase::open : place::phase::empty;
    };
    auto* const where = places_[at].get();
    asio::post(client_thread_.executor(), [this, open, where, at] {
        asio::co_spawn(client_thread_.executor(), open(this, where, at),
                       [where](const std::exception_ptr& failure) {
                           if (failure)
                               where->failure = failure;
                       });
    });
}

void world::end_client(std::size_t at, bool in_order)
{
    const auto close = [](place* where, bool orderly, travels* into) -> asio::awaitable<void> {
        if (where->now != place::phase::open)
            co_return;
        where->now = place::phase::closing;
        if (orderly)
            co_await where->who->close();
        else
            co_await where->who->drop();
        where->who->check();
        into->add(*where->who);
        where->who.reset();
        where->now = place::phase::empty;
    };
    auto* const where = places_[at].get();
    asio::post(client_thread_.executor(), [this, close, where, in_order] {
        asio::co_spawn(client_thread_.executor(), close(where, in_order, &seen_),
                       [where](const std::exception_ptr& failure) {
                           if (failure)
                               where->failure = failure;
                       });
    });
}

void world::cut_client(std::uint32_t which)
{
    if (!server_)
        return;
    const auto ask = [this]() -> asio::awaitable<std::uint16_t> {
        co_return auditor_ ? auditor_->local_port() : std::uint16_t(0);
    };
    const auto spared = client_thread_.run(ask, patient);
    // Where the server closes them: in between none may become another's.
    const auto cut = [&]() -> asio::awaitable<void> {
        const auto all = accepted_sockets(port_, spared);
        if (!all.empty())
            ::shutdown(all[which % all.size()], SHUT_RDWR);
        co_return;
    };
    server_thread_.run(cut, patient);
}

void world::set_speed(std::size_t at, std::optional<milliseconds> delay)
{
    auto* const where = places_[at].get();
    asio::post(client_thread_.executor(), [where, delay] {
        if (!where->who)
            return;
        if (delay)
            where->who->set_speed(*delay);
        else
            where->who->stop();
    });
}

void world::stall(support::context_thread& which, milliseconds time)
{
    asio::post(which.executor(), [time] { sleep(time); });
}

void world::stall_auditor(milliseconds time)
{
    asio::post(client_thread_.executor(), [this, time] {
        if (auditor_)
            auditor_->stall(time);
    });
}

void world::start_server()
{
    auto settings = support::server_config(redis_);
    settings.port = port_;
    settings.redis.user = "api";
    settings.redis.password = "secret";
    settings.reconcile_interval = reconciliation;
    settings.redis.backoff_min = 5ms;
    settings.redis.backoff_max = 50ms;
    settings.redis.ping_interval = 50ms;
    settings.redis.ping_timeout = 150ms * support::patience;
    settings.redis.socket_timeout = 1s * support::patience;
    settings.stop_timeout = 1s;
    settings.event_ring = 300;
    ++lives_;
    const auto start = [&]() -> asio::awaitable<void> {
        server_.emplace(server_thread_.executor(), settings);
        co_await server_->start();
        auto up = [this] { return server_->redis_up(); };
        co_await support::eventually("the server has Redis", up);
    };
    server_thread_.run(start, patient);
    port_ = server_->port();
    open_audit();
}

void world::stop_server(bool in_order)
{
    close_audit();
    const auto stop = [&]() -> asio::awaitable<void> {
        if (in_order)
            co_await server_->stop();
        server_.reset();
    };
    server_thread_.run(stop, patient);
}

void world::restart_server(const step& one)
{
    hold_services();
    stop_server(one.which % 2 == 0);
    release_services();
    saved_trades_.clear(); // what the next server has not seen is new to it
    sleep(milliseconds(one.amount));
    mend(); // else it could not be audited
    hold_services();
    start_server();
    release_services();
}

// While nothing is written; what has expired meanwhile, or was on its way, may still change something.
void world::open_audit()
{
    for (int attempt = 0; attempt < 20; ++attempt) {
        const auto before = metrics();
        const auto open = [&]() -> asio::awaitable<void> {
            auditor_ = std::make_unique<auditor>(client_thread_.executor());
            co_await auditor_->open(port_, market_);
        };
        client_thread_.run(open, patient);
        sleep(10ms);
        const auto now = metrics();
        if (before.topics.updates == now.topics.updates) {
            client_thread_.run(
                [&]() -> asio::awaitable<void> {
                    auditor_->begin(now);
                    co_return;
                },
                patient);
            ++seen_.audits;
            return;
        }
        close_audit();
    }
    throw std::runtime_error("the auditor does not come to a beginning");
}

void world::close_audit()
{
    if (!auditor_)
        return;
    const auto close = [this]() -> asio::awaitable<void> {
        auditor_->check();
        seen_.conflated += auditor_->conflated();
        seen_.dropped += auditor_->dropped();
        co_await auditor_->close();
        auditor_.reset();
    };
    client_thread_.run(close, patient);
}

fullon_cache_api::metrics_snapshot world::metrics()
{
    const auto read = [this]() -> asio::awaitable<fullon_cache_api::metrics_snapshot> {
        co_return server_->metrics();
    };
    return server_thread_.run(read, patient);
}

// \returns what does not add up, when nothing changed while it was looked at.
std::string world::audit()
{
    std::string text = "the figures never stand still";
    const auto deadline = steady_clock::now() + patient / 2;
    while (steady_clock::now() < deadline) {
        const auto before = metrics();
        const auto streams = client_thread_.run([this] { return auditor_->ask(); }, patient);
        const auto now = metrics();
        if (before.topics.updates != now.topics.updates)
            continue;
        text = auditor_->difference(streams, now);
        if (text.empty())
            break;
        sleep(5ms);
    }
    return text;
}

// Whose streams were refused while their keys could not be read comes anew; it may have heard of it only now.
void world::replace_refused()
{
    const auto look = [this]() -> asio::awaitable<std::vector<std::size_t>> {
        std::vector<std::size_t> found;
        for (std::size_t at = 0; at < places_.size(); ++at)
            if (places_[at]->who && places_[at]->who->refused())
                found.push_back(at);
        co_return found;
    };
    const auto refused = client_thread_.run(look, patient);
    for (const auto at : refused)
        end_client(at, true);
    if (refused.empty())
        return;
    wait_for_clients();
    for (const auto at : refused)
        open_client(at);
    wait_for_clients();
}

void world::wait_for_clients()
{
    const auto wait = [this]() -> asio::awaitable<void> {
        auto still = [this] {
            return std::all_of(places_.begin(), places_.end(), [](const auto& one) {
                return one->failure || one->now == place::phase::empty || one->now == place::phase::open;
            });
        };
        co_await support::eventually("clients have come and gone", still);
    };
    client_thread_.run(wait, patient);
    client_thread_.run([this] { return leavers_.join(); }, patient);
    check();
}

std::string world::difference(const support::truth& redis)
{
    const auto compare = [&]() -> asio::awaitable<std::string> {
        std::string text;
        for (const auto& one : places_)
            if (one->who)
                text += one->who->difference(redis);
        co_return text;
    };
    return client_thread_.run(compare, patient);
}

// Until all clients see what Redis holds.
void world::agree()
{
    support::redis_cli cli(redis_);
    const auto deadline = steady_clock::now() + 5s * support::patience;
    for (;;) {
        replace_refused();
        const auto text = difference(support::read_truth(cli, market_)); // anew each time: keys may expire
        check();
        if (text.empty())
            return;
        if (steady_clock::now() > deadline)
            throw std::runtime_error("not all see what Redis holds:" + text);
        sleep(20ms);
    }
}

void world::check()
{
    const auto look = [this]() -> asio::awaitable<void> {
        for (const auto& one : places_) {
            if (one->failure)
                std::rethrow_exception(one->failure);
            if (one->who)
                one->who->check();
        }
        if (auditor_)
            auditor_->check();
        co_return;
    };
    client_thread_.run(look, patient);
}

void world::settle()
{
    services_.drain();
    services_.connect();
    others_.drain();
    mend();
    const auto recover = [this]() -> asio::awaitable<void> {
        auto up = [this] { return server_->redis_up(); };
        co_await support::eventually("the server has Redis again", up);
    };
    server_thread_.run(recover, patient);
    wait_for_clients();
    for (std::size_t at = 0; at < places_.size(); ++at)
        set_speed(at, 0ms);
    for (std::size_t at = 0; at < lasting_clients; ++at)
        open_client(at); // where it was not there
    wait_for_clients();
    agree();
    // What is still under way changes nothing any more, and everything is accounted for.
    const auto ping = [this]() -> asio::awaitable<void> {
        for (const auto& one : places_)
            if (one->who)
                co_await one->who->ping();
    };
    client_thread_.run(ping, patient);
    if (const auto text = audit(); !text.empty())
        throw std::runtime_error("it does not add up:" + text);
    agree();
    // A feed that nobody has a view of may be read again a moment later than those that have just agreed.
    const auto ask_health = [this] {
        return client_thread_.run([this] { return auditor_->ask_health(); }, patient);
    };
    const auto deadline = steady_clock::now() + 5s * support::patience;
    auto health = ask_health();
    while (health != "healthy" && steady_clock::now() < deadline) {
        sleep(20ms);
        health = ask_health();
    }
    if (health != "healthy")
        throw std::runtime_error("the server calls itself " + health);
    close_all();
}

void world::close_all()
{
    for (std::size_t at = 0; at < places_.size(); ++at)
        end_client(at, at % 2 == 0);
    wait_for_clients();
    close_audit();
    seen_.written += services_.written();
    seen_.failed_writes += services_.failed();

    const auto left = [this]() -> std::string {
        const auto now = server_->metrics();
        std::string text;
        const auto none = [&](const char* what, std::uint64_t number) {
            if (number != 0)
                text.append(" ").append(std::to_string(number)).append(" ").append(what);
        };
        none("connections", now.connections.open);
        for (const auto& [name, number] : now.open_streams)
            none(name.c_str(), number);
        none("topics", now.topics.followed);
        none("subscriptions", now.topics.subscriptions);
        none("requests", now.requests_in_flight);
        none("messages", now.delivery.waiting_messages);
        none("bytes", now.delivery.waiting_bytes);
        return text;
    };
    const auto leave = [&]() -> asio::awaitable<void> {
        const auto deadline = steady_clock::now() + patient / 2;
        while (!left().empty()) {
            if (steady_clock::now() > deadline)
                throw std::runtime_error("left in the server:" + left());
            co_await support::pause(1ms);
        }
    };
    server_thread_.run(leave, patient);
    stop_server(true);
    services_.stop();
    others_.stop();
    support::redis_cli cli(redis_);
    const auto deadline = steady_clock::now() + patient / 2;
    while (support::info_number(cli, "connected_clients") != 1) {
        if (steady_clock::now() > deadline)
            throw std::runtime_error("connections to Redis are left: " + cli("CLIENT", "LIST").text);
        sleep(5ms);
    }
}

} // namespace property
