// The part of a merge that does not know the types of the items: whose turn it is.
#pragma once

#include <fullon_coro/generator_state.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace fullon_cache_api::detail {

class stream_channel;

/// What a merge sees of a source: whether there is something to take. Nothing is taken for that: items stay where they
/// are, where a stream goes on conflating them, until they are wanted.
class merge_source {
public:
    merge_source() = default;
    merge_source(const merge_source&) = delete;
    merge_source& operator=(const merge_source&) = delete;
    virtual ~merge_source() = default;

    /// The source's next() would complete, or fail, without waiting. Runs the body of a generator that does not run.
    virtual bool poll(const boost::asio::any_io_executor& executor) = 0;

    /// Completes when poll() may say yes, or soon after the source is gone; at once if that is so already.
    virtual boost::asio::awaitable<void> wait() = 0;
};

using generator_state_pointer = fullon_coro::generator_pointer<fullon_coro::generator_state>;

/// Both hold what they look at, not the generator or stream itself.
std::shared_ptr<merge_source> make_merge_source(generator_state_pointer state);
std::shared_ptr<merge_source> make_merge_source(std::shared_ptr<stream_channel> channel);

/// Sources that may have something stand in a queue and are asked in its order; who gave something goes to its end, who
/// has nothing is waited for by a task and comes back to the end. So a source waits for at most one item of each other.
class merge_core : public std::enable_shared_from_this<merge_core> {
public:
    explicit merge_core(std::vector<std::shared_ptr<merge_source>> sources);
    merge_core(const merge_core&) = delete;
    merge_core& operator=(const merge_core&) = delete;
    ~merge_core();

    /// The one next() that may be under way.
    class consumer {
    public:
        /// \throws std::logic_error when there is one already.
        explicit consumer(merge_core& of);
        consumer(const consumer&) = delete;
        consumer& operator=(const consumer&) = delete;
        ~consumer();

    private:
        merge_core& core_;
    };

    /// Completes with a source whose next() does not wait; empty when all have ended.
    /// \par Cancellation any type: operation_aborted.
    /// \throws           system_error(operation_aborted) after close().
    static boost::asio::awaitable<std::optional<std::size_t>> pick(std::shared_ptr<merge_core> self);

    /// The source has said that it has ended.
    void end(std::size_t which) noexcept;

    /// The sources are about to be destroyed: whoever waits for them ends.
    void close() noexcept;

private:
    struct members; // what they are made of is not for every user's compiler

    std::optional<std::size_t> find();
    static boost::asio::awaitable<void> watch(std::shared_ptr<merge_source> source,
                                              std::weak_ptr<merge_core> self, std::size_t which);
    void came_back(std::size_t which);

    std::unique_ptr<members> own_;
};

} // namespace fullon_cache_api::detail
