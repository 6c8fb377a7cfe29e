// The streams of one client: which message goes to which of them. Sans-io.
#pragma once

#include <fullon_cache_api/detail/stream/stream_sequencer.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fullon_cache_api::detail {

/// Live messages carry no stream key and come once however many streams want them: they go to every stream that
/// holds their topic. A stream holds the topics of its acknowledgement, or, if it has a prefix, every topic that
/// begins with it, also new ones.
class stream_registry {
public:
    using stream_id = std::uint64_t;

    /// What makes a stream. `type` must outlive the book.
    struct spec {
        std::string_view type; ///< of its messages; others are never offered to its track
        std::string prefix; ///< empty: the topics of the acknowledgement
        stream_sequencer* track; ///< outlives its place in the book
        std::function<void()> wake; ///< there is something to take, or the state changed; must not call back
    };

    stream_id add(spec what);

    /// Forgets a stream. \returns the keys under which the server knows it
    std::vector<std::string> remove(stream_id id);

    /// The stream is about to be subscribed, as so many streams of the server (1 unless told).
    void expect(stream_id id, std::size_t parts);

    /// Gives up what was acknowledged of it. \returns the keys under which the server knows it
    std::vector<std::string> reset(stream_id id);

    /// The server acknowledged a stream, or the next part of one. \returns false if it is not in the book or has all its
    /// keys already: then the server must be told to end this one.
    bool start(stream_id id, std::string key, std::string_view epoch, const std::vector<std::string>& topics);

    /// The connection is gone, and every key with it.
    void disconnect();

    void offer(const stream_message& message);
    void end_snapshot(std::string_view key);
    /// Of these topics, or of the whole stream for none.
    void mark(std::string_view key, const std::vector<std::string>& topics, stale_reason why);

    /// The streams that were acknowledged once, all parts of them: what a new connection must subscribe again.
    std::vector<stream_id> established() const;

    bool contains(stream_id id) const { return streams_.contains(id); }
    std::size_t size() const noexcept { return streams_.size(); }

    /// Whether any stream is stale; whether every established stream has its key and its whole snapshot.
    bool stale() const;
    bool settled() const;

private:
    /// A stream of the server, which is one or a part of one here.
    struct part {
        std::string key;
        bool in_snapshot = true;
        stale_reason why = stale_reason::none; // of all of it
    };

    struct entry {
        spec what;
        std::vector<part> parts; // that were acknowledged
        std::size_t expected = 1;
        std::set<std::string, std::less<>> topics;
        bool established = false;

        bool whole() const { return parts.size() == expected; }

        bool holds(std::string_view topic) const
        {
            return what.prefix.empty() ? topics.contains(topic) : topic.starts_with(what.prefix);
        }
    };

    /// A part, and the stream that it is of; null where no stream has the key.
    struct place {
        entry* stream;
        part* which;
    };

    place find(std::string_view key);
    std::vector<std::string> forget_parts(entry& of);
    const std::vector<entry*>& holders(const std::string& topic);
    static void offer_to(entry& to, const stream_message& message);

    std::map<stream_id, entry> streams_;
    std::map<std::string, entry*, std::less<>> keys_;
    std::unordered_map<std::string, std::vector<entry*>> holders_; // by topic, filled when first needed
    stream_id next_id_ = 1;
};

} // namespace fullon_cache_api::detail
