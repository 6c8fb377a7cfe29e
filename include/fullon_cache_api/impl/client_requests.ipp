// Bodies of detail/client_state.hpp: requests, replies and streams on the connection.
#pragma once

#include <fullon_cache_api/detail/client_state.hpp>
#include <fullon_cache_api/detail/update_decoder.hpp>
#include <fullon_cache_api/impl/client_connection.hpp>
#include <fullon_cache_api/operations/streams.hpp>

#include <fullon_cache/detail/random.hpp>

#include <fullon_orm/codec.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/monotonic_resource.hpp>

#include <utility>

namespace fullon_cache_api::detail {
namespace {

client_reply failed_reply(error code, std::string text)
{
    return {make_error_code(code), std::move(text), {}};
}

/// A refusal that may be over a moment later.
bool is_passing(const boost::system::error_code& code)
{
    return code == error::cache_unavailable || code == error::timeout || code == error::rate_limited ||
           code == error::shutting_down;
}

std::string stream_key_params(std::string_view key)
{
    operations::unsubscribe::params which;
    which.stream_key = key;
    std::string text;
    fullon_orm::write_json(text, which, fullon_orm::json_style::wire);
    return text;
}

} // namespace

/// Registers a reply to come for as long as the caller waits.
class client_state::expectation {
public:
    expectation(client_state& owner, std::uint64_t id, waiting_call& call, stream_id stream)
        : owner_(owner), id_(id)
    {
        owner_.expected_[id] = {&call, stream};
    }
    expectation(const expectation&) = delete;
    expectation& operator=(const expectation&) = delete;
    ~expectation()
    {
        const auto found = owner_.expected_.find(id_);
        if (found == owner_.expected_.end())
            return;
        if (found->second.stream != 0)
            found->second.call = nullptr; // a stream that nobody wants must be ended when it is acknowledged
        else
            owner_.expected_.erase(found);
    }

private:
    client_state& owner_;
    std::uint64_t id_;
};

/// A stream that is forgotten again unless it is kept.
class client_state::new_stream {
public:
    new_stream(client_state& owner, stream_id id) : owner_(owner), id_(id) {}
    new_stream(const new_stream&) = delete;
    new_stream& operator=(const new_stream&) = delete;
    ~new_stream()
    {
        if (!kept)
            owner_.drop_stream(id_);
    }

    bool kept = false;

private:
    client_state& owner_;
    stream_id id_;
};

boost::asio::awaitable<client_reply> client_state::request(std::string operation, std::string params)
{
    return exchange(std::move(operation), std::move(params), nullptr, 0);
}

boost::asio::awaitable<client_reply> client_state::exchange(std::string operation, std::string params,
                                                            connection_ptr only, stream_id stream)
{
    const auto self = shared_from_this();
    const bool fails_at_once = config_.on_disconnect == on_disconnect::fail;
    const auto deadline = clock::now() + config_.request_timeout;
    const auto allowed = std::to_string(config_.request_timeout.count()) + " ms";
    for (bool retried = false;;) {
        while (!closing_ && !only && !up_) {
            if (fails_at_once)
                co_return failed_reply(error::disconnected, "not connected to " + url_);
            if (clock::now() >= deadline)
                co_return failed_reply(error::timeout, "no connection to " + url_ + " within " + allowed);
            co_await state_changed_.wait_until(deadline);
        }
        if (closing_)
            co_return failed_reply(error::closed, "the client was closed");
        if (only && only != up_)
            co_return failed_reply(error::disconnected, "not connected to " + url_);

        waiting_call call{boost::asio::steady_timer(executor_, deadline), {}, false};
        const auto id = next_request_++;
        const expectation expected(*this, id, call, stream);
        send(*up_, protocol::request_message(id, operation, params));
        const auto [ended] =
            co_await call.timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        if (call.reply)
            co_return std::move(*call.reply);
        if (!call.broken) {
            if (ended)
                throw boost::system::system_error(boost::asio::error::operation_aborted, operation);
            co_return failed_reply(error::timeout, operation + ": no reply within " + allowed);
        }
        // Nothing that can be asked changes anything, so it may be asked again; once, lest a request that brings
        // the server down is sent for ever.
        if (only || fails_at_once || std::exchange(retried, true))
            co_return failed_reply(error::disconnected, operation + ": the connection to " + url_ + " broke");
    }
}

void client_state::send(connection& to, std::string message)
{
    to.out.push(std::make_shared<const std::string>(std::move(message)));
    to.wake.notify_all();
}

void client_state::receive(connection& from, std::string_view text)
{
    using kind = protocol::server_message::kind;
    // Updates are read here and now; a reply's tree goes to its caller, with the memory it stands in.
    unsigned char buffer[4096];
    boost::json::monotonic_resource here(buffer, sizeof buffer);
    const bool is_reply = !text.starts_with(R"({"type")");
    auto message = protocol::parse_server_message(
        text, is_reply ? boost::json::make_shared_resource<boost::json::monotonic_resource>()
                       : boost::json::storage_ptr(&here));
    switch (message.type) {
    case kind::reply: on_reply(from, std::move(message)); break;
    case kind::update:
        if (const auto update = decode_update(std::move(message)))
            book_.offer(*update);
        break;
    case kind::snapshot_end:
        book_.end_snapshot(message.stream_key);
        announce_marks();
        break;
    case kind::stale:
    case kind::fresh:
        book_.set_stale(message.stream_key, message.type == kind::stale);
        announce_marks();
        break;
    case kind::gap: {
        client_event event(client_event::kind::gap);
        event.topic = std::move(message.topic);
        event.dropped = message.count;
        announce(std::move(event));
        break;
    }
    case kind::unknown: break;
    case kind::malformed: from.problem = "the server does not speak this protocol: " + message.text; break;
    }
}

void client_state::on_reply(connection& from, protocol::server_message message)
{
    const auto found = message.request_id ? expected_.find(*message.request_id) : expected_.end();
    if (found == expected_.end()) {
        if (!message.request_id && message.failure)
            log_.warning("the server refused a message", {{"error", message.text}});
        return;
    }
    const auto expected = found->second;
    expected_.erase(found);

    client_reply reply;
    if (message.failure) {
        reply.code = make_error_code(*message.failure);
        reply.text = std::move(message.text);
    } else {
        if (message.result)
            reply.result.emplace(std::move(*message.result));
        if (expected.stream != 0)
            reply.code =
                start_stream(from, expected.stream, reply.result ? &*reply.result : nullptr, reply.text);
    }
    if (expected.call) {
        expected.call->reply.emplace(std::move(reply));
        expected.call->timer.cancel();
    }
}

boost::system::error_code client_state::start_stream(connection& from, stream_id id,
                                                     const boost::json::value* ack, std::string& problem)
{
    auto read = ack ? fullon_orm::read_json<stream_ack>(*ack) : fullon_orm::read_error();
    if (!read || read->stream_key.empty()) {
        problem = "the acknowledgement of a stream cannot be read";
        return make_error_code(error::protocol);
    }
    // In this very moment: its snapshot may be the next message.
    if (!book_.start(id, read->stream_key, read->epoch, read->topics))
        end_stream_on_server(from, read->stream_key);
    return {};
}

boost::asio::awaitable<std::shared_ptr<stream_channel>> client_state::subscribe(subscription what)
{
    const auto self = shared_from_this();
    auto channel = std::make_shared<stream_channel>(executor_, what.content, what.options, what.same);
    const auto id =
        book_.add({what.type, what.prefix, &channel->track, [to = channel.get()] { to->wake(); }});
    streams_.emplace(id, open_stream{what, channel});
    new_stream guard(*this, id);
    const auto reply = co_await exchange(std::move(what.operation), std::move(what.params), nullptr, id);
    if (reply.code)
        throw boost::system::system_error(reply.code, reply.text);
    guard.kept = true;
    channel->on_end = [weak = weak_from_this(), id] {
        if (const auto state = weak.lock())
            state->drop_stream(id);
    };
    co_return channel;
}

boost::asio::awaitable<void> client_state::resubscribe(connection_ptr current, stream_id id)
{
    const auto self = shared_from_this();
    fullon_cache::detail::backoff pause(config_.backoff_min, config_.backoff_max,
                                        fullon_cache::detail::random_seed());
    boost::asio::steady_timer timer(executor_);
    while (!current->over) {
        const auto found = streams_.find(id);
        if (found == streams_.end())
            co_return;
        const auto channel = found->second.channel;
        auto operation = found->second.what.operation;
        auto params = found->second.what.params;
        const auto reply = co_await exchange(std::move(operation), std::move(params), current, id);
        if (!reply.code || current->over || closing_)
            co_return;
        if (!is_passing(reply.code)) {
            log_.warning("a stream was refused after a reconnect", {{"error", reply.text}});
            channel->fail(reply.code, reply.text);
            drop_stream(id);
            co_return;
        }
        timer.expires_after(pause.next());
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

void client_state::drop_stream(stream_id id)
{
    const auto key = book_.remove(id);
    streams_.erase(id);
    if (!key.empty() && up_)
        end_stream_on_server(*up_, key);
    announce_marks();
}

/// The reply is of no interest: nothing waits for it.
void client_state::end_stream_on_server(connection& on, std::string_view key)
{
    send(on,
         protocol::request_message(next_request_++, operations::unsubscribe::name, stream_key_params(key)));
}

} // namespace fullon_cache_api::detail
