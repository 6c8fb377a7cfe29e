// The streams of one session in the compat dialect. Sans-io.
#pragma once

#include <fullon_cache_api/detail/compat/compat_operations.hpp>
#include <fullon_cache_api/detail/feed/open_stream.hpp>
#include <fullon_cache_api/detail/metrics/server_metrics.hpp>
#include <fullon_cache_api/detail/wire/outbox.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// Each stream has its own messages, with its key in them: here nothing is shared between clients. The key is made of what
/// the client chose, so several streams may have the same.
class compat_streams {
public:
    /// `wake` is called when there is something to send.
    compat_streams(outbox& out, std::function<void()> wake, std::shared_ptr<server_metrics> metrics);
    ~compat_streams();
    compat_streams(const compat_streams&) = delete;
    compat_streams& operator=(const compat_streams&) = delete;

    class stream;

    std::size_t size() const noexcept { return streams_.size(); }

    /// That all of them were asked for with.
    std::size_t topics() const noexcept;

    /// A new stream, silent until it was opened and acknowledged. `id` is JSON text.
    stream& add(const compat_operation& what, std::string id, std::string key, compat_translator translate,
                std::size_t topics = 1);

    /// It has its source, or (null) cannot go on. What happens from now on is told.
    void opened(stream& which, std::unique_ptr<stream_source> source, std::optional<std::string> failure);

    /// Its acknowledgement went out: it begins, or ends with a message that says why. It may be gone afterwards.
    void acknowledged(stream& which);

    /// Ends all streams of that key. \returns how many messages of them went out.
    std::uint64_t remove(std::string_view key);

private:
    outbox& out_;
    std::function<void()> wake_;
    std::shared_ptr<server_metrics> metrics_;
    std::list<stream> streams_;
    std::uint64_t next_number_ = 1;
};

class compat_streams::stream final : public open_stream {
public:
    stream(compat_streams& owner, std::uint64_t number, const compat_operation& what, std::string id,
           std::string key, compat_translator translate, std::size_t topics);
    ~stream();

private:
    friend class compat_streams;
    class hold;

    bool attach(const topic_ptr& where) override;
    void tell(stale_reason, std::span<const std::string>) override {} // this dialect has no word for it
    void begin();
    void on_state(item_key key, const topic_update& update);
    void on_event(const topic& where, const topic_update& update);
    void send(std::string text);
    void keep_early(std::string text);
    std::optional<std::string> translated(const boost::json::object* members);
    item_key own(item_key key) const noexcept;

    compat_streams& owner_;
    std::uint64_t number_;
    const compat_operation& what_;
    std::string id_;
    compat_translator translate_;
    std::deque<std::string> early_; // events since it was opened, until it begins
    std::optional<std::string> failure_;
    bool begun_ = false;
    bool ended_ = false; // by the client, before it began
    std::map<const topic*, std::unique_ptr<hold>> holds_;
    std::size_t topics_;
};

} // namespace fullon_cache_api::detail
