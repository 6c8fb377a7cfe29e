// Bodies of tcp_proxy.hpp.
#include "support/tcp_proxy.hpp"

#include <fullon_coro/notifier.hpp>
#include <fullon_coro/task_group.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>

namespace support {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t most_waiting = 1024 * 1024; // of one way of one connection
constexpr auto slices_per_second = 100;           // of what is throttled
constexpr auto quiet = asio::as_tuple(asio::use_awaitable);

// A program that a test starts later must not hold the connection open after we have closed it.
void keep_from_children(tcp::socket& socket)
{
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

} // namespace

struct tcp_proxy::state : std::enable_shared_from_this<state> {
    struct rule {
        std::chrono::milliseconds delay{};
        std::size_t bytes_per_second = 0;
        flow how = flow::pass;
        std::optional<std::size_t> budget; // bytes until the cut
        ending cut = ending::close;
        std::size_t passed = 0;
    };
    struct chunk {
        steady_clock::time_point due;
        std::string bytes; // none: the end of this way
    };
    struct pipe {
        explicit pipe(const asio::any_io_executor& executor) : changed(executor) {}
        std::deque<chunk> waiting;
        std::size_t size = 0;
        fullon_coro::notifier changed;
        bool over = false;
    };
    struct link {
        link(const asio::any_io_executor& executor, tcp::socket accepted)
            : client(std::move(accepted)), target(executor), pipes{pipe(executor), pipe(executor)}
        {}
        tcp::socket& source(way which) { return which == way::up ? client : target; }
        tcp::socket& sink(way which) { return which == way::up ? target : client; }
        pipe& of(way which) { return pipes[static_cast<std::size_t>(which)]; }

        tcp::socket client;
        tcp::socket target;
        std::array<pipe, 2> pipes;
        bool cut = false;
    };
    using link_ptr = std::shared_ptr<link>;

    state(asio::any_io_executor on, std::uint16_t to)
        : executor(on), reservation(on, tcp::v4()), acceptor(on), targets(1, to), tasks(on)
    {
        // Bound without reuse_address, so that the port is really free; it stays ours while nobody listens.
        reservation.bind(tcp::endpoint(asio::ip::address_v4::loopback(), 0));
        port = reservation.local_endpoint().port();
        reservation.set_option(tcp::acceptor::reuse_address(true));
    }

    rule& of(way which) { return rules[static_cast<std::size_t>(which)]; }

    void listen()
    {
        if (acceptor.is_open() || stopped)
            return;
        acceptor.open(tcp::v4());
        acceptor.set_option(tcp::acceptor::reuse_address(true));
        acceptor.bind(tcp::endpoint(asio::ip::address_v4::loopback(), port));
        acceptor.listen(4096);
        ::fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
        tasks.spawn("accept", accept_loop(shared_from_this(), ++generation));
    }

    void cut(link& which, ending how)
    {
        if (std::exchange(which.cut, true))
            return;
        for (auto* one : {&which.client, &which.target}) {
            boost::system::error_code ignored;
            if (how == ending::reset)
                one->set_option(tcp::socket::linger(true, 0), ignored);
            one->close(ignored);
        }
        for (auto& one : which.pipes)
            one.changed.notify_all();
    }

    void cut_all(ending how)
    {
        for (const auto& one : std::vector<link_ptr>(links))
            cut(*one, how);
    }

    // Settings have changed: whoever waits looks again.
    void wake()
    {
        for (const auto& one : links)
            for (auto& way : one->pipes)
                way.changed.notify_all();
    }

    static asio::awaitable<void> accept_loop(std::shared_ptr<state> self, std::size_t mine)
    {
        while (self->generation == mine && self->acceptor.is_open()) {
            auto [failure, socket] = co_await self->acceptor.async_accept(quiet);
            if (failure || self->generation != mine)
                co_return;
            keep_from_children(socket);
            ++self->accepted;
            auto made = std::make_shared<link>(self->executor, std::move(socket));
            self->links.push_back(made);
            self->tasks.spawn("link", run_link(self, made));
        }
    }

    static asio::awaitable<void> run_link(std::shared_ptr<state> self, link_ptr on)
    {
        boost::system::error_code ignored;
        on->client.set_option(tcp::no_delay(true), ignored);
        const tcp::endpoint where(asio::ip::address_v4::loopback(),
                                  self->targets[self->turn++ % self->targets.size()]);
        on->target.open(tcp::v4());
        keep_from_children(on->target);
        const auto [failure] = co_await on->target.async_connect(where, quiet);
        if (failure || on->cut) {
            self->cut(*on, ending::reset);
            std::erase(self->links, on);
            co_return;
        }
        on->target.set_option(tcp::no_delay(true), ignored);
        for (const auto which : {way::up, way::down}) {
            self->tasks.spawn("take", take(self, on, which));
            self->tasks.spawn("give", give(self, on, which));
        }
        while (!on->cut && !(on->pipes[0].over && on->pipes[1].over))
            co_await on->pipes[0].changed.wait();
        self->cut(*on, ending::close);
        std::erase(self->links, on);
    }

    static asio::awaitable<void> take(std::shared_ptr<state> self, link_ptr on, way which)
    {
        auto& rule = self->of(which);
        auto& into = on->of(which);
        std::array<char, 16 * 1024> buffer;
        while (!on->cut) {
            if (rule.how == flow::stall || into.size >= most_waiting) {
                co_await into.changed.wait();
                continue;
            }
            const auto [failure, size] =
                co_await on->source(which).async_read_some(asio::buffer(buffer), quiet);
            if (failure == asio::error::connection_reset)
                self->cut(*on, ending::reset);
            if (failure && failure != asio::error::eof)
                self->cut(*on, ending::close);
            if (rule.how != flow::swallow || failure) {
                into.waiting.push_back({steady_clock::now() + rule.delay, std::string(buffer.data(), size)});
                into.size += size;
            }
            into.changed.notify_all();
            if (failure)
                co_return;
        }
    }

    static asio::awaitable<void> give(std::shared_ptr<state> self, link_ptr on, way which)
    {
        auto& rule = self->of(which);
        auto& from = on->of(which);
        asio::steady_timer pause(self->executor);
        while (!on->cut) {
            if (from.waiting.empty() || rule.how != flow::pass) {
                co_await from.changed.wait();
                continue;
            }
            if (from.waiting.front().due > steady_clock::now()) {
                co_await from.changed.wait_until(from.waiting.front().due);
                continue;
            }
            if (from.waiting.front().bytes.empty()) { // its end
                boost::system::error_code ignored;
                on->sink(which).shutdown(tcp::socket::shutdown_send, ignored);
                from.over = true;
                on->pipes[0].changed.notify_all();
                co_return;
            }
            if (rule.budget && *rule.budget == 0) { // another connection is being cut
                co_await from.changed.wait_until(steady_clock::now() + std::chrono::milliseconds(1));
                continue;
            }
            const auto bytes = next_slice(rule, from);
            // Before anybody can have them: who has received something finds it counted.
            rule.passed += bytes.size();
            const auto [failure, sent] =
                co_await asio::async_write(on->sink(which), asio::buffer(bytes), quiet);
            if (failure) {
                self->cut(*on, ending::reset);
                co_return;
            }
            if (rule.budget && *rule.budget == 0) {
                rule.budget.reset();
                self->cut(*on, rule.cut);
                co_return;
            }
            from.changed.notify_all();
            if (rule.bytes_per_second != 0) {
                pause.expires_after(
                    std::chrono::microseconds(1'000'000 * bytes.size() / rule.bytes_per_second));
                co_await pause.async_wait(quiet);
            }
        }
    }

    // Takes what may pass now out of the first chunk, and off the budget: two connections may share it.
    static std::string next_slice(rule& by, pipe& from)
    {
        auto& first = from.waiting.front().bytes;
        std::size_t most = first.size();
        if (by.bytes_per_second != 0)
            most = std::min(most, std::max<std::size_t>(1, by.bytes_per_second / slices_per_second));
        if (by.budget) {
            most = std::min(most, *by.budget);
            *by.budget -= most;
        }
        std::string slice = first.substr(0, most);
        first.erase(0, most);
        from.size -= most;
        if (first.empty())
            from.waiting.pop_front();
        return slice;
    }

    asio::any_io_executor executor;
    tcp::socket reservation;
    tcp::acceptor acceptor;
    std::uint16_t port = 0;
    std::vector<std::uint16_t> targets;
    std::size_t turn = 0; // of connections
    std::array<rule, 2> rules;
    std::vector<link_ptr> links;
    std::size_t accepted = 0;
    std::size_t generation = 0; // of the listener
    bool stopped = false;
    fullon_coro::task_group tasks;
};

tcp_proxy::tcp_proxy(asio::any_io_executor executor, std::uint16_t target)
    : state_(std::make_shared<state>(std::move(executor), target))
{
    state_->listen();
}

tcp_proxy::~tcp_proxy()
{
    state_->stopped = true;
    refuse(true);
    cut();
    state_->tasks.cancel();
}

std::uint16_t tcp_proxy::port() const noexcept
{
    return state_->port;
}

void tcp_proxy::retarget(std::uint16_t target)
{
    spread(std::vector<std::uint16_t>(1, target));
}

void tcp_proxy::spread(std::vector<std::uint16_t> targets)
{
    state_->targets = std::move(targets);
    state_->turn = 0;
}

void tcp_proxy::refuse(bool yes)
{
    if (!yes) {
        state_->listen();
        return;
    }
    ++state_->generation;
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
}

void tcp_proxy::delay(way which, std::chrono::milliseconds time)
{
    state_->of(which).delay = time;
}

void tcp_proxy::throttle(way which, std::size_t bytes_per_second)
{
    state_->of(which).bytes_per_second = bytes_per_second;
}

void tcp_proxy::set_flow(way which, flow how)
{
    state_->of(which).how = how;
    state_->wake();
}

void tcp_proxy::set_flow(flow how)
{
    set_flow(way::up, how);
    set_flow(way::down, how);
}

void tcp_proxy::cut_after(way which, std::size_t bytes, ending how)
{
    state_->of(which).budget = std::max<std::size_t>(bytes, 1);
    state_->of(which).cut = how;
}

void tcp_proxy::cut(ending how)
{
    state_->cut_all(how);
}

void tcp_proxy::heal()
{
    for (auto& one : state_->rules) {
        one.delay = {};
        one.bytes_per_second = 0;
        one.how = flow::pass;
        one.budget.reset();
    }
    state_->wake();
    refuse(false);
}

std::size_t tcp_proxy::open() const noexcept
{
    return state_->links.size();
}

std::size_t tcp_proxy::accepted() const noexcept
{
    return state_->accepted;
}

std::size_t tcp_proxy::passed(way which) const noexcept
{
    return state_->of(which).passed;
}

asio::awaitable<void> tcp_proxy::stop()
{
    const auto self = state_;
    self->stopped = true;
    refuse(true);
    cut();
    self->tasks.cancel();
    co_await self->tasks.join();
    self->links.clear();
}

} // namespace support
