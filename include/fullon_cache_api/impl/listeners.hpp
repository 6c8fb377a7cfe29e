// Where a server listens, with what certificate, and what it speaks there. Included by impl files only.
#pragma once

#include <fullon_cache_api/impl/http_front.hpp>
#include <fullon_cache_api/impl/listen.hpp>
#include <fullon_cache_api/impl/net_stream.hpp>
#include <fullon_cache_api/impl/tls_files.hpp>
#include <fullon_cache_api/impl/tls_session.hpp>
#include <fullon_cache_api/server_config.hpp>

#include <fullon_cache/detail/task_group.hpp>

#include <fullon_log/logger.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

/// Lives in the server, which awaits join() before it goes.
class listeners {
    using tcp = boost::asio::ip::tcp;

public:
    using connection_handler = std::function<void(net_stream, port_service)>;

    /// `settings` must outlive this.
    listeners(boost::asio::any_io_executor executor, const server_config& settings, fullon_log::logger log,
              fullon_cache::detail::task_group::error_handler on_error, connection_handler accepted)
        : executor_(executor), settings_(settings), log_(std::move(log)), accepted_(std::move(accepted)),
          tasks_(std::move(executor), std::move(on_error))
    {}

    /// Binds what the settings say; nothing is accepted before serve(). \throws system_error
    boost::asio::awaitable<void> open()
    {
        const bool apart = settings_.rest && settings_.api_port;
        co_await bind(settings_.host, settings_.port,
                      settings_.rest && !apart ? port_service::both : port_service::websocket);
        port_ = acceptors_.back().socket.local_endpoint().port();
        api_port_ = settings_.rest ? port_ : 0;
        if (apart) {
            co_await bind(settings_.api_host, *settings_.api_port, port_service::rest);
            api_port_ = acceptors_.back().socket.local_endpoint().port();
        }
    }

    /// As before open(), which has failed or is not wanted any more.
    void undo()
    {
        port_ = api_port_ = 0;
        acceptors_.clear();
    }

    void serve()
    {
        for (auto& one : acceptors_) {
            const auto where = one.socket.local_endpoint();
            log_.info("listening", {{"address", where.address().to_string()}, {"port", where.port()}});
            tasks_.spawn("accept", accept_loop(&one));
        }
    }

    /// No new connections.
    void close()
    {
        closed_ = true;
        boost::system::error_code ignored;
        for (auto& one : acceptors_)
            one.socket.close(ignored);
        tasks_.cancel();
    }

    boost::asio::awaitable<void> join() { return tasks_.join(); }

    /// Connections keep what they began with. \throws configuration_error
    void load_certificate()
    {
        check_tls_files(settings_);
        if (!secure())
            return;
        tls_ = make_server_tls(settings_.tls_cert_file, settings_.tls_key_file);
        const auto& facts = facts_of(*tls_);
        const auto level = facts.expired ? fullon_log::level::warning : fullon_log::level::info;
        log_.log(level, facts.expired ? "certificate has expired" : "certificate loaded",
                 {{"file", settings_.tls_cert_file}, {"expires", facts.expires}});
    }

    /// The same; what cannot be loaded is logged too.
    void reload_certificate()
    {
        try {
            load_certificate();
        } catch (const std::exception& failure) {
            log_.error("certificate not reloaded", {{"error", failure.what()}});
            throw;
        }
    }

    bool secure() const noexcept { return !settings_.tls_cert_file.empty(); }
    std::uint16_t port() const noexcept { return port_; }
    std::uint16_t api_port() const noexcept { return api_port_; }

    std::vector<std::string> endpoints() const
    {
        std::vector<std::string> result;
        for (const auto& one : acceptors_) {
            boost::system::error_code closed;
            const auto where = one.socket.local_endpoint(closed);
            if (closed)
                continue;
            const auto address = where.address().to_string();
            result.push_back((where.address().is_v6() ? "[" + address + "]" : address) + ":" +
                             std::to_string(where.port()));
        }
        return result;
    }

private:
    struct acceptor {
        tcp::acceptor socket;
        port_service what;
    };

    boost::asio::awaitable<void> bind(std::string host, std::uint16_t port, port_service what)
    {
        auto listening = listen_on(executor_, std::move(host), port);
        auto bound = co_await std::move(listening);
        for (auto& socket : bound)
            acceptors_.push_back({std::move(socket), what});
    }

    boost::asio::awaitable<void> accept_loop(acceptor* where)
    {
        boost::asio::steady_timer pause(executor_);
        while (!closed_) {
            auto [ec, socket] =
                co_await where->socket.async_accept(boost::asio::as_tuple(boost::asio::use_awaitable));
            if (closed_)
                co_return;
            if (!ec) {
                accepted_(net_stream(std::move(socket), tls_), where->what);
                continue;
            }
            // Out of descriptors, most likely: others must end before there can be more.
            log_.warning("accept failed", {{"error", ec.message()}});
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(boost::asio::use_awaitable);
        }
    }

    boost::asio::any_io_executor executor_;
    const server_config& settings_;
    fullon_log::logger log_;
    connection_handler accepted_;
    std::shared_ptr<tls_context> tls_; // of new connections; null = plain
    std::vector<acceptor> acceptors_;
    fullon_cache::detail::task_group tasks_;
    std::uint16_t port_ = 0;
    std::uint16_t api_port_ = 0;
    bool closed_ = false;
};

} // namespace fullon_cache_api::detail
