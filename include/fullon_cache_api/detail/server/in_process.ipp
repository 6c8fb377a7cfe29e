// Bodies of in_process.hpp.
#pragma once

#include <fullon_cache_api/detail/catalogue/catalogue.hpp>
#include <fullon_cache_api/detail/server/in_process.hpp>
#include <fullon_cache_api/error.hpp>

#include <fullon_coro/notifier.hpp>
#include <fullon_log/failure_text.hpp>
#include <fullon_log/logger.hpp>
#include <fullon_orm/codec.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace fullon_cache_api::detail {

namespace {

constexpr std::size_t snapshot_portion = 256; // items that are handed out before others have their turn

call_reply<void> closed_reply()
{
    return {make_error_code(error::closed), "the server was stopped"};
}

// What needs nothing of Redis is known at once, an outage too: who asks again and again must not keep everybody else from
// the executor, the link that tries to reconnect among them.
boost::asio::awaitable<void> yield_now(boost::asio::any_io_executor executor)
{
    auto turn = boost::asio::post(executor, boost::asio::deferred);
    co_await std::move(turn);
}

} // namespace

/// A stream whose source is being opened, between who asked for it and the task that does it.
struct in_process::opening {
    explicit opening(const boost::asio::any_io_executor& executor) : changed(executor) {}

    fullon_coro::notifier changed;
    std::optional<call_reply<void>> result;
};

/// A stream that is ended again unless it is kept.
class in_process::new_stream {
public:
    new_stream(in_process& owner, std::uint64_t id) : owner_(owner), id_(id) {}
    new_stream(const new_stream&) = delete;
    new_stream& operator=(const new_stream&) = delete;
    ~new_stream()
    {
        if (!kept)
            owner_.end(id_);
    }

    bool kept = false;

private:
    in_process& owner_;
    std::uint64_t id_;
};

in_process::in_process(boost::asio::any_io_executor executor, operation_context context)
    : executor_(executor), context_(std::move(context)),
      tasks_(executor, [](std::string_view task, std::exception_ptr failure) {
          const auto log = fullon_log::get_component_logger("fullon.api.cache.server");
          log.error("task failed",
                    {{"of", "in process"}, {"task", task}, {"error", fullon_log::failure_text(failure)}});
      })
{
    context_.streams = this;
}

in_process::~in_process() = default;

boost::asio::awaitable<call_reply<void>> in_process::query(std::string_view operation, void* params,
                                                           void* result)
{
    if (closed_) {
        co_await yield_now(executor_);
        co_return closed_reply();
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto& entry = *find_operation(operation);
    outcome done;
    std::exception_ptr thrown;
    try {
        auto calling = entry.call(context_, params, result);
        done = co_await std::move(calling);
    } catch (...) {
        thrown = std::current_exception();
    }
    if (thrown) {
        const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
        if (cancellation.cancelled() != boost::asio::cancellation_type::none) {
            context_.metrics->abandoned(entry);
            throw boost::system::system_error(boost::asio::error::operation_aborted, std::string(operation));
        }
        if (closed_) {
            context_.metrics->abandoned(entry);
            co_return closed_reply();
        }
        done = failure_of(thrown);
    }
    context_.metrics->answered(entry, done, std::chrono::steady_clock::now() - begin);
    if (!done.from_redis)
        co_await yield_now(executor_);
    call_reply<void> reply;
    if (done.failure && done.failure != error::cache_miss)
        reply.failure = make_error_code(*done.failure);
    reply.text = std::move(done.text);
    co_return reply;
}

boost::asio::awaitable<std::shared_ptr<stream_channel>>
in_process::subscribe(std::shared_ptr<local_calls> self, stream_request what)
{
    std::optional<call_reply<void>> failure;
    std::shared_ptr<stream_channel> channel;
    co_await yield_now(executor_);
    if (closed_)
        failure = closed_reply();
    else {
        channel = std::make_shared<stream_channel>(executor_, what.content, what.options);
        const auto id = next_id_++;
        const auto made = std::make_shared<local_stream>("s" + std::to_string(id), std::move(what), channel,
                                                         context_.metrics);
        streams_.emplace(id, made);
        new_stream guard(*this, id);
        const auto progress = std::make_shared<opening>(executor_);
        // A task of its own: stop() can end it, and one who gives up waiting need not wait until it has noticed.
        tasks_.spawn("open a stream", open(self, made, progress));
        while (!progress->result)
            co_await progress->changed.wait();
        if (progress->result->failure)
            failure = std::move(progress->result);
        else {
            guard.kept = true;
            channel->on_end = [owner = std::weak_ptr(self), this, id] {
                if (const auto alive = owner.lock())
                    end(id);
            };
        }
    }
    if (failure)
        throw boost::system::system_error(failure->failure, failure->text);
    co_return channel;
}

boost::asio::awaitable<void> in_process::open(std::shared_ptr<local_calls>,
                                              std::shared_ptr<local_stream> made,
                                              std::shared_ptr<opening> progress)
{
    const auto begin = std::chrono::steady_clock::now();
    const auto& entry = *find_operation(made->request().operation);
    outcome done;
    std::exception_ptr thrown;
    try {
        // Parameters are checked where they are JSON: a stream begins seldom.
        auto params = fullon_orm::parse_value(made->request().params);
        auto beginning = entry.open(context_, std::move(params.value().as_object()), *made);
        auto source = co_await std::move(beginning);
        if (!made->ended())
            made->start(std::move(source), context_.epoch);
    } catch (...) {
        thrown = std::current_exception();
    }
    if (made->ended()) { // its consumer is gone, or the server was stopped
        context_.metrics->abandoned(entry);
        progress->result = closed_reply();
        progress->changed.notify_all();
        co_return;
    }
    if (thrown)
        done = failure_of(thrown);
    done.from_redis = entry.reads_cache;
    context_.metrics->answered(entry, done, std::chrono::steady_clock::now() - begin);
    call_reply<void> reply;
    if (done.failure) {
        reply.failure = make_error_code(*done.failure);
        reply.text = std::move(done.text);
    }
    progress->result = std::move(reply);
    progress->changed.notify_all();
    while (made->started() && made->produce(snapshot_portion))
        co_await yield_now(executor_);
}

void in_process::close()
{
    closed_ = true;
    for (const auto& [id, one] : streams_)
        one->end();
    streams_.clear();
    tasks_.cancel();
}

boost::asio::awaitable<void> in_process::join()
{
    return tasks_.join();
}

void in_process::end(std::uint64_t id)
{
    const auto found = streams_.find(id);
    if (found == streams_.end())
        return;
    found->second->end();
    streams_.erase(found);
}

std::vector<stream_info> in_process::list() const
{
    std::vector<stream_info> result;
    for (const auto& [id, one] : streams_)
        if (one->started())
            result.push_back(one->info());
    return result;
}

std::optional<std::uint64_t> in_process::remove(std::string_view key)
{
    for (const auto& [id, one] : streams_)
        if (one->started())
            if (one->key() == key) {
                const auto delivered = one->delivered();
                end(id);
                return delivered;
            }
    return std::nullopt;
}

} // namespace fullon_cache_api::detail
