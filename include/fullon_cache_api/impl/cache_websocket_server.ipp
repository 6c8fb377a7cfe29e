// Bodies of cache_websocket_server.hpp: listeners, sessions and the two-stage stop.
#pragma once

#include <fullon_cache_api/cache_websocket_server.hpp>
#include <fullon_cache_api/detail/group_source.hpp>
#include <fullon_cache_api/detail/hub.hpp>
#include <fullon_cache_api/detail/metrics_source.hpp>
#include <fullon_cache_api/detail/prometheus_text.hpp>
#include <fullon_cache_api/detail/random_ids.hpp>
#include <fullon_cache_api/detail/session.hpp>
#include <fullon_cache_api/detail/ticker_source.hpp>
#include <fullon_cache_api/impl/http_upgrade.hpp>

#include <fullon_cache/connection.hpp>
#include <fullon_cache/detail/failure_text.hpp>
#include <fullon_cache/detail/link.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/socket_base.hpp>

#include <algorithm>
#include <exception>
#include <set>
#include <utility>

namespace fullon_cache_api {

namespace asio = boost::asio;
using asio::ip::tcp;

class cache_websocket_server::state : public std::enable_shared_from_this<state> {
public:
    state(asio::any_io_executor executor, server_config config)
        : executor_(executor), settings_(std::move(config)),
          log_(fullon_log::get_component_logger("fullon.api.cache.server")),
          redis_(executor, settings_.redis),
          tickers_(std::make_shared<detail::ticker_source>(redis_.shared_link(), hub_)),
          groups_(std::make_shared<detail::group_source>(redis_.shared_link(), hub_)),
          metrics_(std::make_shared<detail::metrics_source>(executor, hub_,
                                                            std::make_shared<detail::server_metrics>())),
          sessions_changed_(executor), listeners_(executor, error_log("listener")),
          handshakes_(executor, error_log("handshake")), session_tasks_(executor, error_log("session"))
    {
        metrics_->figures()->gather = [this](metrics_snapshot& to) { add_figures(to); };
    }

    ~state() { metrics_->figures()->gather = nullptr; }

    asio::awaitable<void> start()
    {
        const auto self = shared_from_this();
        tcp::resolver resolver(executor_);
        const auto found = co_await resolver.async_resolve(settings_.host, std::to_string(settings_.port),
                                                           tcp::resolver::passive, asio::use_awaitable);
        std::vector<tcp::endpoint> wanted;
        for (const auto& entry : found)
            wanted.push_back(entry.endpoint());
        acceptors_ = bind_all(wanted);
        port_ = acceptors_.front().local_endpoint().port();
        redis_.start();
        for (auto& acceptor : acceptors_) {
            log_.info("listening", {{"address", acceptor.local_endpoint().address().to_string()},
                                    {"port", acceptor.local_endpoint().port()}});
            listeners_.spawn("accept", accept_loop(acceptor));
        }
    }

    asio::awaitable<void> stop()
    {
        const auto self = shared_from_this();
        begin_stop();
        const auto deadline = std::chrono::steady_clock::now() + settings_.stop_timeout;
        for (auto* one : sessions_)
            one->shut_down();
        bool in_time = true;
        while (in_time && !sessions_.empty())
            in_time = co_await sessions_changed_.wait_until(deadline);
        for (auto* one : sessions_)
            one->cut();
        co_await listeners_.join();
        co_await handshakes_.join();
        co_await session_tasks_.join();
        co_await tickers_->stop();
        co_await groups_->stop();
        co_await metrics_->stop();
        co_await redis_.stop();
    }

    /// For a host that destroys the server without stop(): ends everything at once, on the executor.
    void abandon()
    {
        if (std::exchange(stopped_, true) || acceptors_.empty())
            return;
        settings_.stop_timeout = std::chrono::milliseconds::zero();
        asio::co_spawn(executor_, stop(), [self = shared_from_this()](std::exception_ptr) {});
    }

    void begin_stop()
    {
        stopped_ = stopping_ = true;
        boost::system::error_code ignored;
        for (auto& acceptor : acceptors_)
            acceptor.close(ignored);
        listeners_.cancel();
        handshakes_.cancel();
    }

    std::size_t connections() const noexcept { return sessions_.size(); }
    bool redis_up() const noexcept { return redis_.up(); }
    metrics_snapshot metrics() const { return metrics_->figures()->scrape(); }
    const asio::any_io_executor& executor() const noexcept { return executor_; }
    std::uint16_t port() const noexcept { return port_; }

    std::vector<std::string> endpoints() const
    {
        std::vector<std::string> result;
        for (const auto& acceptor : acceptors_) {
            const auto where = acceptor.local_endpoint();
            const auto address = where.address().to_string();
            result.push_back((where.address().is_v6() ? "[" + address + "]" : address) + ":" +
                             std::to_string(where.port()));
        }
        return result;
    }

private:
    using error_handler = std::function<void(std::string_view, std::exception_ptr)>;

    error_handler error_log(std::string what) const
    {
        return [log = log_, what = std::move(what)](std::string_view task, std::exception_ptr failure) {
            log.error("task failed",
                      {{"of", what}, {"task", task}, {"error", fullon_cache::detail::failure_text(failure)}});
        };
    }

    // Every address gets the same port. A free one is chosen by the first, and may be taken on another:
    // then once more.
    std::vector<tcp::acceptor> bind_all(const std::vector<tcp::endpoint>& wanted) const
    {
        for (int attempts_left = settings_.port == 0 ? 10 : 1;; --attempts_left) {
            std::vector<tcp::acceptor> bound;
            boost::system::error_code failure = asio::error::host_not_found;
            for (auto where : wanted) {
                if (!bound.empty())
                    where.port(bound.front().local_endpoint().port());
                tcp::acceptor acceptor(executor_);
                const auto ec = bind(acceptor, where);
                if (!ec)
                    bound.push_back(std::move(acceptor));
                else if (bound.empty() || !foreign(ec))
                    failure = ec;
                if (ec && !foreign(ec)) {
                    bound.clear();
                    break;
                }
            }
            if (!bound.empty())
                return bound;
            if (attempts_left <= 1)
                throw boost::system::system_error(failure, "cannot listen on " + settings_.host + ":" +
                                                               std::to_string(settings_.port));
        }
    }

    // A name may have addresses of a kind that this machine does not have.
    static bool foreign(const boost::system::error_code& ec)
    {
        return ec == asio::error::address_family_not_supported ||
               ec == boost::system::errc::address_not_available;
    }

    static boost::system::error_code bind(tcp::acceptor& acceptor, const tcp::endpoint& where)
    {
        boost::system::error_code ec;
        if (acceptor.open(where.protocol(), ec))
            return ec;
        acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
        if (!ec && where.address().is_v6())
            acceptor.set_option(asio::ip::v6_only(true), ec);
        if (!ec)
            acceptor.bind(where, ec);
        if (!ec)
            acceptor.listen(4096, ec);
        return ec;
    }

    asio::awaitable<void> accept_loop(tcp::acceptor& acceptor)
    {
        asio::steady_timer pause(executor_);
        while (!stopping_) {
            auto [ec, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
            if (!ec) {
                handshakes_.spawn("upgrade", greet(std::move(socket)));
                continue;
            }
            if (stopping_)
                co_return;
            // Out of descriptors, most likely: others must end before there can be more.
            log_.warning("accept failed", {{"error", ec.message()}});
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(asio::use_awaitable);
        }
    }

    asio::awaitable<void> greet(tcp::socket socket)
    {
        auto connection = co_await detail::upgrade_to_websocket(std::move(socket), settings_, connections_,
                                                                metrics_->figures());
        if (connection && !stopping_)
            session_tasks_.spawn("session", serve(std::move(connection)));
    }

    // Never cancelled, only shut down or cut: it must outlive its own tasks.
    asio::awaitable<void> serve(std::unique_ptr<detail::transport> connection)
    {
        detail::session client(std::move(connection), settings_, redis_.shared_link(), tickers_, groups_,
                               metrics_, epoch_, executor_);
        metrics_->figures()->connections.add();
        sessions_.insert(&client);
        ++connections_;
        std::exception_ptr thrown;
        try {
            co_await client.run();
        } catch (...) {
            thrown = std::current_exception();
        }
        sessions_.erase(&client);
        --connections_;
        sessions_changed_.notify_all();
        if (thrown)
            std::rethrow_exception(thrown);
    }

    // What is known elsewhere than in the counters.
    void add_figures(metrics_snapshot& to) const
    {
        to.connections.open = sessions_.size();
        for (const auto* one : sessions_)
            one->add_figures(to);
        to.redis = detail::figures_of(*redis_.shared_link());
        to.redis.readings = tickers_->verifications() + groups_->readings();
        to.topics.followed = hub_.topics();
        to.topics.updates = hub_.stats().published;
        to.topics.suppressed = hub_.stats().suppressed;
        to.topics.deliveries = hub_.stats().deliveries;
    }

    asio::any_io_executor executor_;
    server_config settings_;
    fullon_log::logger log_;
    fullon_cache::connection redis_;
    detail::hub hub_;
    std::shared_ptr<detail::ticker_source> tickers_;
    std::shared_ptr<detail::group_source> groups_;
    std::shared_ptr<detail::metrics_source> metrics_;
    std::string epoch_ = detail::random_ids().hex64();
    std::vector<tcp::acceptor> acceptors_;
    std::set<detail::session*> sessions_;
    fullon_cache::detail::notifier sessions_changed_;
    fullon_cache::detail::task_group listeners_;
    fullon_cache::detail::task_group handshakes_;
    fullon_cache::detail::task_group session_tasks_;
    std::size_t connections_ = 0;
    std::uint16_t port_ = 0;
    bool stopping_ = false;
    bool stopped_ = false;
};

cache_websocket_server::cache_websocket_server(asio::any_io_executor executor, server_config config)
    : state_(std::make_shared<state>(std::move(executor), std::move(config)))
{}

cache_websocket_server::cache_websocket_server(cache_websocket_server&&) noexcept = default;

cache_websocket_server::~cache_websocket_server()
{
    if (state_)
        state_->abandon();
}

asio::awaitable<void> cache_websocket_server::start()
{
    return state_->start();
}

asio::awaitable<void> cache_websocket_server::stop()
{
    return state_->stop();
}

std::uint16_t cache_websocket_server::port() const noexcept
{
    return state_->port();
}

std::vector<std::string> cache_websocket_server::endpoints() const
{
    return state_->endpoints();
}

std::size_t cache_websocket_server::connections() const noexcept
{
    return state_->connections();
}

bool cache_websocket_server::redis_up() const noexcept
{
    return state_->redis_up();
}

metrics_snapshot cache_websocket_server::metrics() const
{
    return state_->metrics();
}

std::string cache_websocket_server::metrics_text() const
{
    return detail::to_prometheus(state_->metrics());
}

asio::any_io_executor cache_websocket_server::get_executor() const
{
    return state_->executor();
}

} // namespace fullon_cache_api
