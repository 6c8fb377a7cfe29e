// A stream between what feeds it and its consumer: the track, and the consumer that waits for it.
#pragma once

#include <fullon_cache_api/detail/stream/stream_sequencer.hpp>

#include <fullon_coro/notifier.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/system/error_code.hpp>

#include <functional>
#include <string>
#include <utility>

namespace fullon_cache_api::detail {

/// Shared by a `stream<X>` and its source. All members are used on `executor`, end_stream() apart.
class stream_channel {
public:
    stream_channel(boost::asio::any_io_executor executor, stream_content content, stream_options options)
        : track(content, options.queue_limit), executor_(executor), options_(options), changed_(executor)
    {}

    stream_sequencer track;

    /// Called on the executor when the consumer is gone.
    std::function<void()> on_end;

    /// After a change of `track`.
    void wake() { changed_.notify_all(); }

    /// The source is gone: next() is empty from now on.
    void close()
    {
        track.clear();
        track.disconnect();
        over_ = true;
        wake();
    }

    /// The source failed: next() throws this once what waits has been taken, and is empty from then on.
    void fail(boost::system::error_code code, std::string text)
    {
        track.disconnect();
        failure_ = code;
        failure_text_ = std::move(text);
        over_ = true;
        wake();
    }

private:
    friend boost::asio::awaitable<std::optional<stream_item>> next_item(std::shared_ptr<stream_channel> from);
    friend void end_stream(std::shared_ptr<stream_channel> which, bool abandoned) noexcept;
    friend class stream_merge_source;

    class pending_next;

    template <typename Probe>
    static boost::asio::awaitable<std::optional<stream_item>> next(std::shared_ptr<stream_channel> self);

    void throw_if_failed();

    boost::asio::any_io_executor executor_;
    stream_options options_;
    fullon_coro::notifier changed_;
    boost::system::error_code failure_;
    std::string failure_text_;
    bool waiting_ = false;
    bool over_ = false;
    bool abandoned_ = false;
};

} // namespace fullon_cache_api::detail
