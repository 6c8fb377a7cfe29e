// Bodies of redis_connection.hpp.
#pragma once

#include <fullon_cache/detail/redis/command_facts.hpp>
#include <fullon_cache/detail/redis/redis_connection.hpp>
#include <fullon_cache/redis_text.hpp>
#include <fullon_coro/close_on_exec.hpp>
#include <fullon_log/failure_text.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/consign.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <cstdint>
#include <exception>
#include <utility>

namespace fullon_cache::detail {

namespace asio = boost::asio;

namespace {

// Why a command of the greeting was refused.
ending greeting_refused(std::string_view command, const std::string& text)
{
    const auto code = classify_redis_error(text);
    const bool denied = code == errc::permission_denied || code == errc::authentication;
    const bool old = text.starts_with("ERR unknown command") || text.starts_with("NOPROTO");
    return {denied ? outage::not_permitted : outage::redis_down,
            std::string("greeting refused: ") + std::string(command) + ": " + shown_error(text) +
                (old ? " (Redis 6 or newer is needed)" : ""),
            code == errc::too_many_clients || code == errc::authentication ? code : errc::unavailable};
}

// Redis says so of a command whose value it does not take, and closes the connection.
void throw_if_too_large(const reply& last)
{
    if (last.is_error() && classify_redis_error(last.text) == errc::too_large)
        throw cache_error(errc::too_large, last.text);
}

} // namespace

redis_connection::redis_connection(const asio::any_io_executor& executor, const config& settings,
                                   tls_trust& trust, std::shared_ptr<host_resolver> names,
                                   redis_wire::push_handler pushed)
    : executor_(executor), settings_(settings), names_(std::move(names)),
      wire_(std::make_shared<redis_wire>(executor, std::move(pushed)))
{
    if (!settings_.ssl)
        return;
    // A file that cannot be used is an outage like others: it may be better at the next attempt.
    try {
        tls_ = std::make_shared<asio::ssl::context>(tls_client_context(settings_.host, trust, progress_));
    } catch (const std::exception& failure) {
        tls_failure_ = "TLS: " + fullon_log::failure_text(failure);
    }
}

void redis_connection::end(ending how) noexcept
{
    wire_->end(std::move(how));
    if (lookup_) // it goes on by itself
        lookup_->finished.notify_all();
}

asio::awaitable<ending> redis_connection::run()
{
    const auto wire = wire_;
    const closer always(*this); // whatever ends this coroutine
    try {
        co_await connect(wire);
    } catch (const std::exception& failure) {
        wire->end({outage::redis_down, fullon_log::failure_text(failure)});
    }
    while (!wire->over())
        co_await wire->changed.wait();
    co_return wire->how();
}

asio::awaitable<void> redis_connection::connect(std::shared_ptr<redis_wire> wire)
{
    if (!tls_failure_.empty())
        co_return end({outage::redis_down, tls_failure_});
    const auto deadline = clock::now() + settings_.connect_timeout;
    asio::steady_timer limit(executor_, deadline);
    const auto late = std::make_shared<ending>();
    limit.async_wait([wire, late](boost::system::error_code ec) {
        if (!ec && late->why != outage::none)
            wire->end(*late);
    });
    std::vector<redis_wire::socket_type::endpoint_type> places;
    if (settings_.host.starts_with('/')) {
        places.emplace_back(asio::local::stream_protocol::endpoint(settings_.host));
    } else {
        *late = {outage::redis_down, "the name of the host was not resolved in time"};
        lookup_ = names_->find(settings_.host, std::to_string(settings_.port));
        while (!lookup_->done && !wire->over())
            (void)co_await lookup_->finished.wait_until(deadline + std::chrono::milliseconds(1));
        if (wire->over())
            co_return;
        if (lookup_->failure)
            co_return end({outage::redis_down, lookup_->failure.message()});
        for (const auto& one : lookup_->found)
            places.emplace_back(one);
    }
    *late = {outage::redis_down, "no connection in time"};
    co_await connect_to(wire, std::move(places), deadline);
    if (tls_ && !wire->over()) {
        *late = {outage::redis_down, "TLS handshake: no answer in time"};
        co_await shake_hands(wire);
    }
    if (wire->over())
        co_return;
    *late = {outage::source_silent, "no answer to the greeting in time"};
    co_await greet(wire);
    late->why = outage::none;
}

// Each place has its share of the time that is left: one that swallows everything must not take the others' too.
asio::awaitable<void> redis_connection::connect_to(std::shared_ptr<redis_wire> wire,
                                                   std::vector<redis_wire::socket_type::endpoint_type> places,
                                                   clock::time_point deadline)
{
    auto& socket = wire->socket();
    boost::system::error_code failure = asio::error::host_not_found;
    for (std::size_t i = 0; i < places.size() && failure && !wire->over(); ++i) {
        boost::system::error_code ignored;
        socket.close(ignored);
        if (socket.open(places[i].protocol(), failure))
            continue;
        fullon_coro::close_on_exec(socket);
        asio::steady_timer share(executor_);
        const auto tried = std::make_shared<bool>(false);
        if (i + 1 < places.size()) {
            share.expires_after((deadline - clock::now()) / static_cast<int>(places.size() - i));
            share.async_wait([wire, tried](boost::system::error_code ec) {
                boost::system::error_code none;
                if (!ec && !*tried)
                    wire->socket().close(none);
            });
        }
        const auto [ec] = co_await socket.async_connect(places[i], asio::as_tuple(asio::use_awaitable));
        *tried = true;
        failure = ec;
    }
    if (wire->over())
        co_return;
    if (failure)
        co_return end({outage::redis_down, failure.message()});
    if (!settings_.host.starts_with('/')) {
        boost::system::error_code ignored;
        socket.set_option(asio::ip::tcp::no_delay(true), ignored);
        socket.set_option(asio::socket_base::keep_alive(true), ignored);
    }
}

asio::awaitable<void> redis_connection::shake_hands(std::shared_ptr<redis_wire> wire)
{
    auto& stream = wire->secure(tls_);
    const auto [ec] = co_await stream.async_handshake(
        asio::ssl::stream_base::client, asio::consign(asio::as_tuple(asio::use_awaitable), wire));
    if (ec)
        end({outage::redis_down, tls_problem(ec, *progress_) + ": " + ec.message()});
}

asio::awaitable<void> redis_connection::greet(std::shared_ptr<redis_wire> wire)
{
    command hello("HELLO", "3");
    if (!settings_.password.empty())
        hello.push("AUTH")
            .push(settings_.user.empty() ? std::string("default") : settings_.user)
            .push(settings_.password);
    hello.push("SETNAME").push("fullon_cache");
    pipeline commands;
    commands.add(std::move(hello));
    if (settings_.db != 0)
        commands.add("SELECT", settings_.db);
    const auto request = std::make_shared<exchange>(executor_, clock::time_point::max());
    wire->greet(request, commands);
    if (!request->answered && !request->failed)
        co_await request->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!request->answered || wire->over())
        co_return;
    for (std::size_t i = 0; i < request->replies.size(); ++i)
        if (request->replies[i].is_error())
            co_return end(greeting_refused(commands.commands()[i].words().front(), request->replies[i].text));
    read_facts(request->replies.front());
    wire->release();
}

void redis_connection::read_facts(const reply& hello)
{
    const auto& words = hello.items;
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
        const auto& name = words[i].text;
        const auto& value = words[i + 1].text;
        if (name == "mode")
            facts_.mode = value;
        else if (name == "role")
            facts_.role = value;
        else if (name == "version")
            facts_.version = value;
    }
}

std::shared_ptr<redis_connection::exchange> redis_connection::ask(const pipeline& commands,
                                                                  clock::time_point until)
{
    if (wire_->over())
        throw cache_error(errc::unavailable, "the connection has ended");
    auto request = std::make_shared<exchange>(executor_, until);
    request->missing = commands.size();
    if (commands.empty())
        request->answered = true;
    else
        wire_->ask(request, commands);
    return request;
}

void redis_connection::ask(command one, redis_wire::answer_handler done)
{
    if (wire_->over())
        return wire_->tell_ended(std::move(done));
    const auto request = ask(pipeline().add(std::move(one)), clock::time_point::max());
    request->done = std::move(done);
    wire_->flush();
}

asio::awaitable<std::vector<reply>> redis_connection::execute(pipeline commands,
                                                              std::chrono::milliseconds timeout)
{
    const auto wire = wire_;
    const auto request =
        ask(commands, timeout == unlimited ? clock::time_point::max() : clock::now() + timeout);
    if (!request->answered)
        co_await request->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (request->answered)
        co_return examined(commands, std::move(request->replies));
    const bool unknown = request->handed_over && !only_reads(commands);
    if (request->failed) {
        if (!request->replies.empty())
            throw_if_too_large(request->replies.back());
        throw cache_error(unknown ? errc::unknown_outcome : errc::unavailable, wire->how().text);
    }
    if (!wire->withdraw(request)) {
        request->abandoned = true;
        request->replies.clear();
    }
    if (clock::now() < request->timer.expiry()) // the caller was cancelled
        throw boost::system::system_error(asio::error::operation_aborted);
    if (unknown)
        throw cache_error(errc::unknown_outcome, "no answer in time");
    throw cache_error(errc::timeout);
}

asio::awaitable<bool> redis_connection::catch_up(clock::time_point deadline)
{
    const auto wire = wire_;
    const auto sent = wire->asked();
    bool in_time = true;
    while (in_time && !wire->over() && wire->answered() < sent)
        in_time = co_await wire->answers.wait_until(deadline);
    co_return !wire->over() && wire->answered() >= sent;
}

// What answers something else than it was asked would hand out one key's value for another's from now on.
std::vector<reply> redis_connection::examined(const pipeline& commands, std::vector<reply> replies)
{
    switch (judge(commands, replies)) {
    case replies_are::foreign:
        end({outage::redis_down, "Redis answers other requests than it was asked"});
        throw cache_error(errc::protocol, commands.commands().front().words().front());
    case replies_are::of_a_replica:
        if (facts_.role == "master")
            end({outage::redis_down, "this Redis was a master and is a replica now"});
        break;
    case replies_are::sound: break;
    }
    return replies;
}

asio::awaitable<std::vector<std::string>> redis_connection::subscribe(std::vector<command> commands)
{
    const auto wire = wire_;
    std::vector<std::shared_ptr<exchange>> requests;
    for (auto& one : commands) {
        const auto channels = one.words().size() - 1;
        requests.push_back(ask(pipeline().add(std::move(one)), clock::time_point::max()));
        requests.back()->confirmed_by_pushes = true;
        requests.back()->missing = channels;
    }
    std::vector<std::string> refusals;
    for (const auto& request : requests) {
        if (!request->answered && !request->failed)
            co_await request->timer.async_wait(asio::as_tuple(asio::use_awaitable));
        if (!request->answered && !request->failed)
            throw boost::system::system_error(asio::error::operation_aborted);
        if (request->failed)
            throw cache_error(errc::unavailable, wire->how().text);
        refusals.push_back(request->replies.empty() ? std::string() : request->replies.front().text);
    }
    co_return refusals;
}

void redis_connection::unsubscribe(command one)
{
    if (wire_->over())
        return;
    const auto channels = one.words().size() - 1;
    const auto request = ask(pipeline().add(std::move(one)), clock::time_point::max());
    request->confirmed_by_pushes = request->abandoned = true;
    request->missing = channels;
}

asio::awaitable<ending> redis_connection::watch()
{
    const auto wire = wire_;
    asio::steady_timer timer(executor_);
    auto last_answer = clock::now();
    std::shared_ptr<exchange> ping;
    std::uint64_t number = 0; // an answer with another one belongs to another request
    for (;;) {
        timer.expires_after(settings_.ping_interval);
        co_await timer.async_wait(asio::use_awaitable);
        if (wire->over()) // the timer had expired before the lane was cancelled
            co_return wire->how();
        const auto now = clock::now();
        if (ping && ping->answered) {
            const auto& answer = ping->replies.front();
            if (answer.is_error() && classify_redis_error(answer.text) == errc::unavailable)
                co_return ending{outage::redis_down, shown_error(answer.text)};
            if (!answer.is_error() && answer.text != std::to_string(number))
                co_return ending{outage::redis_down, "Redis answers other requests than it was asked"};
            ping.reset();
        }
        // A late timer means that this process stood still: an answer may wait unread in the socket, so
        // Redis gets its full time from now on.
        if (!ping || now - timer.expiry() > settings_.ping_interval)
            last_answer = now;
        if (ping && now - last_answer >= settings_.ping_timeout)
            co_return ending{outage::source_silent, "no answer to PING"};
        if (!ping && wire->released())
            ping = ask(pipeline().add("PING", ++number), clock::time_point::max());
    }
}

} // namespace fullon_cache::detail
