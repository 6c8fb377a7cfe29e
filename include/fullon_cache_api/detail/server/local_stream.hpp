// A stream of a server's own process: from the topics of the hub to the consumer, without messages. Sans-io but for the
// consumer's channel.
#pragma once

#include <fullon_cache_api/detail/feed/open_stream.hpp>
#include <fullon_cache_api/detail/stream/stream_channel.hpp>
#include <fullon_cache_api/detail/stream/stream_message.hpp>
#include <fullon_cache_api/detail/stream/stream_request.hpp>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

class local_stream final : public open_stream {
public:
    local_stream(std::string key, stream_request what, std::shared_ptr<stream_channel> to,
                 std::shared_ptr<server_metrics> metrics);
    ~local_stream();

    void start(std::unique_ptr<stream_source> source, std::string_view epoch);

    /// Offers so many further items of the snapshot to the consumer. \returns whether there are more.
    bool produce(std::size_t items);

    /// Lets go of its topics; the consumer's next() is empty from now on. Must not be called by what the hub calls.
    void end();
    bool ended() const noexcept { return ended_; }

    const stream_request& request() const noexcept { return what_; }
    stream_info info() const;

private:
    class hold;

    bool attach(const topic_ptr& where) override;
    void tell(stale_reason why, std::span<const std::string> topics) override;
    void deliver(const stream_message& update);

    stream_request what_;
    std::shared_ptr<stream_channel> channel_;
    std::deque<stream_message> pending_items_; // of the topics of the snapshot that it has come to
    std::map<const topic*, std::unique_ptr<hold>> holds_;
    bool ended_ = false;
};

} // namespace fullon_cache_api::detail
