// Bodies of client_state.hpp: requests, replies and streams on the connection.
#pragma once

#include <fullon_cache_api/detail/catalogue/streams.hpp>
#include <fullon_cache_api/detail/client/client_connection.hpp>
#include <fullon_cache_api/detail/client/client_state.hpp>
#include <fullon_cache_api/detail/stream/update_decoder.hpp>
#include <fullon_cache_api/detail/wire/split_params.hpp>

#include <fullon_coro/random.hpp>

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
    return {{}, make_error_code(code), std::move(text)};
}

/// A refusal that would be the same the next time; everything else may be over a moment later.
bool is_final(const boost::system::error_code& code)
{
    return code == error::invalid_params || code == error::invalid_operation ||
           code == error::limit_exceeded || code == error::forbidden || code == error::malformed_message ||
           code == error::protocol;
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
        const auto found = owner_.streams_.find(stream);
        owner_.expected_[id] = {&call, stream, found == owner_.streams_.end() ? 0 : found->second.attempt};
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
        if (!only) {
            auto waiting = wait_connected(deadline);
            auto failed = co_await std::move(waiting);
            if (failed.failure)
                co_return failed;
        }
        if (closing_)
            co_return failed_reply(error::closed, "the client was closed");
        if (only && only != up_)
            co_return failed_reply(error::disconnected, "not connected to " + url_);

        auto message = protocol::request_message(next_request_, operation, params);
        const auto most = up_->link->of_peer.max_message_size;
        if (most && message.size() > *most)
            co_return failed_reply(error::limit_exceeded,
                                   operation + ": a request of " + std::to_string(message.size()) +
                                       " bytes; the server reads at most " + std::to_string(*most));
        waiting_call call{boost::asio::steady_timer(executor_, deadline), {}, false};
        const auto id = next_request_++;
        const expectation expected(*this, id, call, stream);
        send(*up_, std::move(message));
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

boost::asio::awaitable<client_reply> client_state::wait_connected(clock::time_point deadline)
{
    const auto self = shared_from_this();
    while (!closing_ && !up_) {
        if (config_.on_disconnect == on_disconnect::fail)
            co_return failed_reply(error::disconnected, "not connected to " + url_);
        if (clock::now() >= deadline)
            co_return failed_reply(error::timeout, "no connection to " + url_ + " within " +
                                                       std::to_string(config_.request_timeout.count()) +
                                                       " ms");
        co_await state_changed_.wait_until(deadline);
    }
    if (closing_)
        co_return failed_reply(error::closed, "the client was closed");
    co_return client_reply{};
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
        book_.mark(message.stream_key, message.topics, message.reason);
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
        reply.failure = make_error_code(*message.failure);
        reply.text = std::move(message.text);
    } else {
        if (message.result)
            reply.result.emplace(std::move(*message.result));
        if (expected.stream != 0)
            reply.failure = start_stream(from, expected, reply.result ? &*reply.result : nullptr, reply.text);
    }
    if (expected.call) {
        expected.call->reply.emplace(std::move(reply));
        expected.call->timer.cancel();
    }
}

boost::system::error_code client_state::start_stream(connection& from, const expected_reply& expected,
                                                     const boost::json::value* ack, std::string& problem)
{
    auto read = ack ? fullon_orm::read_json<stream_ack>(*ack) : fullon_orm::read_error();
    if (!read || read->stream_key.empty()) {
        problem = "the acknowledgement of a stream cannot be read";
        return make_error_code(error::protocol);
    }
    // In this very moment: its snapshot may be the next message.
    const auto wanted = streams_.find(expected.stream);
    const bool current = wanted != streams_.end() && wanted->second.attempt == expected.attempt;
    if (!current || !book_.start(expected.stream, read->stream_key, read->epoch, read->topics))
        end_stream_on_server(from, read->stream_key);
    return {};
}

boost::asio::awaitable<std::shared_ptr<stream_channel>> client_state::subscribe(subscription what)
{
    const auto self = shared_from_this();
    auto channel = std::make_shared<stream_channel>(executor_, what.content, what.options);
    const auto id =
        book_.add({what.type, what.prefix, &channel->track, [to = channel.get()] { to->wake(); }});
    streams_.emplace(id, open_stream{std::move(what), channel});
    new_stream guard(*this, id);
    client_reply reply;
    for (bool retried = false;; retried = true) {
        auto subscribing = subscribe_parts(nullptr, id);
        reply = co_await std::move(subscribing);
        // As of any request: once more where the connection broke under it.
        if (reply.failure != error::disconnected || retried || config_.on_disconnect == on_disconnect::fail)
            break;
    }
    if (reply.failure)
        throw boost::system::system_error(reply.failure, reply.text);
    guard.kept = true;
    channel->on_end = [weak = weak_from_this(), id] {
        if (const auto state = weak.lock())
            state->drop_stream(id);
    };
    co_return channel;
}

boost::asio::awaitable<client_reply> client_state::subscribe_parts(connection_ptr only, stream_id id)
{
    const auto self = shared_from_this();
    if (!only) {
        auto waiting = wait_connected(clock::now() + config_.request_timeout);
        auto failed = co_await std::move(waiting);
        if (failed.failure)
            co_return failed;
        only = up_;
    }
    const auto found = streams_.find(id);
    if (found == streams_.end())
        co_return failed_reply(error::closed, "the stream was ended");
    const auto operation = found->second.what.operation;
    const auto& limits = only->link->of_peer;
    split_result split;
    const std::size_t around =
        protocol::request_message(next_request_, operation, {}).size() + 8; // a longer id
    if (limits.max_message_size && *limits.max_message_size <= around)
        split.problem = operation + ": the server reads at most " + std::to_string(*limits.max_message_size) +
                        " bytes in one request";
    else
        split = split_params(found->second.what.params,
                             limits.max_message_size ? *limits.max_message_size - around
                                                     : found->second.what.params.size(),
                             limits.max_topics);
    if (split.parts.empty())
        co_return failed_reply(error::limit_exceeded, std::move(split.problem));
    ++found->second.attempt;
    book_.expect(id, split.parts.size());
    client_reply reply;
    std::exception_ptr thrown;
    try {
        for (auto& part : split.parts) {
            auto asking = exchange(operation, std::move(part), only, id);
            reply = co_await std::move(asking);
            if (reply.failure)
                break;
        }
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown || reply.failure)
        undo_parts(id);
    if (thrown)
        std::rethrow_exception(thrown);
    co_return reply;
}

void client_state::undo_parts(stream_id id)
{
    if (const auto found = streams_.find(id); found != streams_.end())
        ++found->second.attempt; // what is acknowledged from now on is not wanted
    for (const auto& key : book_.reset(id))
        if (up_)
            end_stream_on_server(*up_, key);
}

boost::asio::awaitable<void> client_state::resubscribe(connection_ptr current, stream_id id)
{
    const auto self = shared_from_this();
    fullon_coro::backoff pause(config_.backoff_min, config_.backoff_max, fullon_coro::random_seed());
    boost::asio::steady_timer timer(executor_);
    while (!current->over) {
        const auto found = streams_.find(id);
        if (found == streams_.end())
            co_return;
        const auto channel = found->second.channel;
        auto subscribing = subscribe_parts(current, id);
        const auto reply = co_await std::move(subscribing);
        if (!reply.failure || current->over || closing_)
            co_return;
        if (is_final(reply.failure)) {
            log_.warning("a stream was refused after a reconnect", {{"error", reply.text}});
            channel->fail(reply.failure, reply.text);
            drop_stream(id);
            co_return;
        }
        timer.expires_after(pause.next());
        co_await timer.async_wait(boost::asio::use_awaitable);
    }
}

void client_state::drop_stream(stream_id id)
{
    const auto keys = book_.remove(id);
    streams_.erase(id);
    for (const auto& key : keys)
        if (up_)
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
