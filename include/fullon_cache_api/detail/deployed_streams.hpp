// The streams of one session in the deployed dialect. Sans-io.
#pragma once

#include <fullon_cache_api/detail/deployed_operations.hpp>
#include <fullon_cache_api/detail/group_watcher.hpp>
#include <fullon_cache_api/detail/hub.hpp>
#include <fullon_cache_api/detail/outbox.hpp>
#include <fullon_cache_api/detail/server_metrics.hpp>
#include <fullon_cache_api/detail/stream_source.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fullon_cache_api::detail {

/// Each stream has its own messages, with its key in them: here nothing is shared between clients. The key is made of what
/// the client chose, so several streams may have the same.
class deployed_streams {
public:
    /// `wake` is called when there is something to send.
    deployed_streams(outbox& out, std::function<void()> wake, std::shared_ptr<server_metrics> figures);
    ~deployed_streams();
    deployed_streams(const deployed_streams&) = delete;
    deployed_streams& operator=(const deployed_streams&) = delete;

    class stream;

    std::size_t size() const noexcept { return streams_.size(); }

    /// That all of them were asked for with.
    std::size_t topics() const noexcept;

    /// A new stream, silent until it was opened and acknowledged. `id` is JSON text.
    stream& add(const deployed_operation& what, std::string id, std::string key,
                deployed_translator translate, std::size_t topics = 1);

    /// It has its source (none: a stream of nothing), or cannot go on. What happens from now on is told.
    void opened(stream& which, std::unique_ptr<stream_source> source, std::optional<std::string> failure);

    /// Its acknowledgement went out: it begins, or ends with a message that says why. It may be gone afterwards.
    void acknowledged(stream& which);

    /// Ends all streams of that key. \returns how many messages of them went out.
    std::uint64_t remove(std::string_view key);

private:
    void begin(stream& which);

    outbox& out_;
    std::function<void()> wake_;
    std::shared_ptr<server_metrics> figures_;
    std::list<stream> streams_;
    std::uint64_t next_number_ = 1;
};

class deployed_streams::stream final : public group_watcher {
public:
    stream(deployed_streams& owner, std::uint64_t number, const deployed_operation& what, std::string id,
           std::string key, deployed_translator translate, std::size_t topics);
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;
    ~stream();

    void on_new_topic(const topic_ptr& made) override;
    void on_stale() override {} // this dialect has no word for it
    void on_fresh() override {}

private:
    friend class deployed_streams;
    class hold;

    void tell(std::string text);
    void keep_early(std::string text);
    void attach(const topic_ptr& where);
    std::optional<std::string> translated(std::string_view message);
    item_key own(item_key key) const noexcept;

    deployed_streams& owner_;
    std::uint64_t number_;
    const deployed_operation& what_;
    std::string id_;
    std::string key_;
    deployed_translator translate_;
    std::unique_ptr<stream_source> source_;
    std::deque<std::string> early_; // events since it was opened, until it begins
    std::optional<std::string> failure_;
    bool begun_ = false;
    bool ended_ = false; // by the client, before it began
    std::map<const topic*, std::unique_ptr<hold>> holds_;
    std::size_t topics_;
    std::uint64_t delivered_ = 0;
};

} // namespace fullon_cache_api::detail
