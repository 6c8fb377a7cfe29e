// Answers that are kept until Redis reports a change of the key that they were read from.
#pragma once

#include <fullon_cache_api/detail/cache/shared_reads.hpp>

#include <fullon_cache/push_listener.hpp>
#include <fullon_cache/redis_link.hpp>
#include <fullon_coro/task_group.hpp>
#include <fullon_log/logger.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fullon_cache_api::detail {

/// What an operation has found.
struct kept_answer {
    std::shared_ptr<const void> result; ///< of the operation's result type
    std::string body; ///< the same as JSON
};

/// Shared by all sessions of a server. A question is the parameters of an operation as JSON, as write_json() has them, and its
/// name.
///
/// An answer is given out only while it is known to be what Redis has: its key's prefix is tracked on the very connection
/// that it was read from, no request on that connection waits for its answer and no byte of it to be read, and Redis has been
/// heard of within the last second. What was read while its key was reported as changed is not kept, nor is anything given
/// out once its key has expired, which Redis reports only when it deletes it. Nothing is kept for longer than `longest`,
/// since there are changes that Redis reports to nobody (SWAPDB).
class local_cache final : public fullon_cache::push_listener,
                          public std::enable_shared_from_this<local_cache> {
public:
    struct limits {
        std::size_t bytes = 64 * 1024 * 1024;
        std::chrono::milliseconds longest{30000};
    };
    struct figures {
        std::uint64_t hits = 0;
        std::size_t answers = 0;
        std::size_t bytes = 0;
    };

    local_cache(std::shared_ptr<fullon_cache::redis_link> redis, limits within);
    ~local_cache();

    /// Ends what runs in the background.
    boost::asio::awaitable<void> stop();

    /// Looks whether every change is known: find() gives nothing while one may not be. To be called when a question has been
    /// read; one call serves all questions that were read together.
    void look();

    /// The longest wait for what somebody else is told; then Redis is asked.
    static constexpr std::chrono::milliseconds patience{20};

    /// Waits, shortly, for what Redis owes now, and looks then: for a question that is known and may be answered soon.
    boost::asio::awaitable<void> catch_up();
    bool knows(std::string_view question) const { return answers_.contains(question); }

    /// The answer to a question. Valid until the next turn of the event loop; null: ask Redis.
    const kept_answer* find(std::string_view question);

    /// A reading of a key, from before Redis is asked until its answer is kept.
    class reading;

    /// \returns nothing where changes of this key are not reported; this asks Redis to report those of keys that begin with
    ///          `prefix`, and does not wait for it.
    std::optional<reading> begin(std::string key, std::string_view prefix);
    void keep(const reading& from, std::string question, kept_answer found);

    /// For questions that are not answered from here.
    const std::shared_ptr<shared_reads>& reads() const noexcept { return reads_; }

    figures metrics() const noexcept { return {hits_, answers_.size(), bytes_}; }

    void on_message(std::string_view, std::string_view) override {}
    void on_invalidate(std::string_view key) override;
    void on_invalidate_all() override { forget_all(); }
    void on_link_up() override {}
    void on_link_down() override { forget_all(); }

private:
    struct text_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept
        {
            return std::hash<std::string_view>()(text);
        }
    };
    struct followed_key {
        std::uint64_t generation = 0; // raised by each report
        std::size_t readings = 0;
        std::vector<const std::string*> questions; // that are answered from it
        std::chrono::steady_clock::time_point expires{}; // no later than that; at first it is not known
        bool expiry_asked = false; // of this generation
    };
    using key_map = std::unordered_map<std::string, followed_key, text_hash, std::equal_to<>>;
    struct entry {
        kept_answer answer;
        const key_map::value_type* key;
        std::chrono::steady_clock::time_point since;
    };
    using answer_map = std::unordered_map<std::string, entry, text_hash, std::equal_to<>>;

    static std::size_t size_of(const answer_map::value_type& one) noexcept;
    boost::asio::awaitable<void> track(std::string prefix);
    boost::asio::awaitable<void> ask_expiry(std::string key, std::uint64_t generation);
    void notice_session();
    void forget_all();
    void forget(key_map::iterator key);
    void erase(answer_map::iterator answer);
    void sweep();
    void tidy(key_map::iterator key);

    std::shared_ptr<fullon_cache::redis_link> redis_;
    fullon_log::logger log_;
    std::shared_ptr<shared_reads> reads_;
    limits limits_;
    fullon_coro::task_group tasks_;
    std::set<std::string, std::less<>> tracked_; // asked for in this session
    bool expiry_unknown_ = false; // Redis does not tell it in this session
    key_map keys_; // nodes stay where they are: entries point to them
    answer_map answers_;
    std::uint64_t session_ = 0; // that these were read in
    std::size_t bytes_ = 0;
    std::uint64_t hits_ = 0;
    bool current_ = false; // every change was known at the last look
    std::chrono::steady_clock::time_point swept_{};
};

class local_cache::reading {
public:
    reading(std::shared_ptr<local_cache> owner, const std::string& key, std::uint64_t generation)
        : owner_(std::move(owner)), key_(key), generation_(generation)
    {}
    reading(reading&&) noexcept = default;
    reading& operator=(reading&&) = delete;
    ~reading();

private:
    friend class local_cache;
    std::shared_ptr<local_cache> owner_; // null when moved from
    std::string key_;
    std::uint64_t generation_;
};

} // namespace fullon_cache_api::detail
