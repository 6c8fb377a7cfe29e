// Where a server listens, with what certificate, and what it speaks there. Included by impl files only.
#pragma once

#include <fullon_cache_api/detail/net/listen.hpp>
#include <fullon_cache_api/detail/net/net_stream.hpp>
#include <fullon_cache_api/detail/net/tls_files.hpp>
#include <fullon_cache_api/detail/net/tls_session.hpp>
#include <fullon_cache_api/detail/server/connection_dispatcher.hpp>
#include <fullon_cache_api/server_config.hpp>

#include <fullon_coro/close_on_exec.hpp>
#include <fullon_coro/task_group.hpp>

#include <fullon_log/failure_text.hpp>
#include <fullon_log/line_budget.hpp>
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
    using connection_handler = std::function<void(net_stream)>;
    using room_check = std::function<bool()>;

    /// `settings` must outlive this. While there is no `room` nothing is accepted: who comes then waits in the kernel, without
    /// a descriptor of this process.
    listeners(boost::asio::any_io_executor executor, const server_config& settings, fullon_log::logger log,
              fullon_coro::task_group::error_handler on_error, connection_handler accepted, room_check room)
        : executor_(executor), settings_(settings), log_(std::move(log)), accepted_(std::move(accepted)),
          room_(std::move(room)), tasks_(std::move(executor), std::move(on_error))
    {}

    /// Binds what the settings say; nothing is accepted before serve(). \throws system_error, configuration_error
    boost::asio::awaitable<void> open()
    {
        const listen_place first{settings_.host, settings_.port};
        co_await bind(first);
        port_ = acceptors_.back().local_endpoint().port();
        api_port_ = settings_.rest ? port_ : 0;
        if (!settings_.rest || !settings_.api_port)
            co_return;
        const listen_place second{settings_.api_host, *settings_.api_port, "API_HOST", "API_PORT"};
        if (second.port != 0 && second.port == first.port && second.host == first.host)
            co_return; // one listener is both
        co_await bind(second);
        api_port_ = acceptors_.back().local_endpoint().port();
    }

    /// As before open(), which has failed or is not wanted any more.
    void undo()
    {
        port_ = api_port_ = 0;
        acceptors_.clear();
    }

    void serve()
    {
        on_loopback_ = true;
        for (auto& one : acceptors_) {
            const auto where = one.local_endpoint();
            on_loopback_ = on_loopback_ && is_loopback(where.address());
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
            one.close(ignored);
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
        if (!facts.names_hosts)
            log_.warning("certificate has no subjectAltName: clients will refuse it",
                         {{"file", settings_.tls_cert_file}});
    }

    /// The same; what cannot be loaded is logged too.
    void reload_certificate()
    {
        try {
            load_certificate();
        } catch (const std::exception& failure) {
            log_.error("certificate not reloaded", {{"error", fullon_log::failure_text(failure)}});
            throw;
        }
    }

    /// Whether only this machine can connect.
    bool on_loopback() const noexcept { return on_loopback_; }

    bool secure() const noexcept { return !settings_.tls_cert_file.empty(); }
    std::uint16_t port() const noexcept { return port_; }
    std::uint16_t api_port() const noexcept { return api_port_; }

    std::vector<std::string> endpoints() const
    {
        std::vector<std::string> result;
        for (const auto& one : acceptors_) {
            boost::system::error_code closed;
            const auto where = one.local_endpoint(closed);
            if (closed)
                continue;
            const auto address = where.address().to_string();
            result.push_back((where.address().is_v6() ? "[" + address + "]" : address) + ":" +
                             std::to_string(where.port()));
        }
        return result;
    }

private:
    boost::asio::awaitable<void> bind(listen_place place)
    {
        auto listening = listen_on(executor_, std::move(place));
        auto bound = co_await std::move(listening);
        for (auto& socket : bound)
            acceptors_.push_back(std::move(socket));
    }

    boost::asio::awaitable<void> accept_loop(tcp::acceptor* where)
    {
        boost::asio::steady_timer pause(executor_);
        while (!closed_) {
            if (!room_()) {
                pause.expires_after(std::chrono::milliseconds(20));
                co_await pause.async_wait(boost::asio::use_awaitable);
                continue;
            }
            auto [ec, socket] =
                co_await where->async_accept(boost::asio::as_tuple(boost::asio::use_awaitable));
            if (closed_)
                co_return;
            note(ec);
            if (!ec) {
                fullon_coro::close_on_exec(socket);
                accepted_(net_stream(std::move(socket), tls_));
                continue;
            }
            // Out of descriptors, most likely: others must end before there can be more.
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(boost::asio::use_awaitable);
        }
    }

    // One line when it begins to fail and one when that is over, not one for each try.
    void note(const boost::system::error_code& ec)
    {
        if (ec && !std::exchange(failing_, true) && failure_lines_.take())
            log_.warning("accept failed",
                         {{"error", ec.message()}, {"lines_left_out", failure_lines_.left_out()}});
        else if (!ec && std::exchange(failing_, false) && failure_lines_.take())
            log_.info("accepting again");
    }

    boost::asio::any_io_executor executor_;
    const server_config& settings_;
    fullon_log::logger log_;
    connection_handler accepted_;
    room_check room_;
    std::shared_ptr<tls_context> tls_; // of new connections; null = plain
    std::vector<tcp::acceptor> acceptors_;
    fullon_coro::task_group tasks_;
    std::uint16_t port_ = 0;
    std::uint16_t api_port_ = 0;
    fullon_log::line_budget failure_lines_{10, std::chrono::seconds(60)};
    bool failing_ = false;
    bool on_loopback_ = false;
    bool closed_ = false;
};

} // namespace fullon_cache_api::detail
