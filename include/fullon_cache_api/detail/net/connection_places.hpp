// How many connections a server has room for, and who has a place. Sans-io.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace fullon_cache_api::detail {

/// Sockets that may be open at once: those that are served, and those that are only told that there are too many.
struct place_counts {
    static constexpr std::size_t most_refused = 64;
    /// Descriptors for Redis, the log, the resolver, and sockets that are accepted at the same moment.
    static constexpr std::size_t reserve = 24;

    std::size_t served = 10000;
    std::size_t refused = most_refused;

    /// Of a process that may have `descriptors` and has `open` of them.
    static place_counts for_descriptors(std::size_t wanted, std::size_t descriptors,
                                        std::size_t open) noexcept
    {
        const auto left = descriptors - std::min(descriptors, open + reserve);
        place_counts made;
        made.refused = std::clamp<std::size_t>(left / 8, 1, most_refused);
        made.served = std::clamp<std::size_t>(left - std::min(left, made.refused), 1, wanted);
        return made;
    }
};

/// Counts a connection while it lives; also in frames that outlive the server.
class connection_place {
public:
    connection_place() noexcept = default;
    explicit connection_place(std::shared_ptr<std::size_t> of) noexcept : count_(std::move(of)) { ++*count_; }
    connection_place(connection_place&& other) noexcept
        : count_(std::move(other.count_)), kept_(std::move(other.kept_))
    {}
    connection_place& operator=(connection_place&& other) noexcept
    {
        leave();
        count_ = std::move(other.count_);
        return *this; // what is kept stays
    }
    ~connection_place() { leave(); }

    /// `what` is let go of with this.
    void keep(std::shared_ptr<void> what) noexcept { kept_ = std::move(what); }

private:
    void leave() noexcept
    {
        if (const auto count = std::exchange(count_, nullptr))
            --*count;
    }

    std::shared_ptr<std::size_t> count_;
    std::shared_ptr<void> kept_;
};

/// The places of one server.
class connection_places {
public:
    void limit(const place_counts& most) noexcept { most_ = most; }

    bool full() const noexcept { return *served_ >= most_.served; }

    /// Whether one more may be accepted, to be served or refused.
    bool any_left() const noexcept { return !full() || *refused_ < most_.refused; }

    connection_place to_be_served() const { return connection_place(served_); }
    connection_place to_be_refused() const { return connection_place(refused_); }

private:
    place_counts most_;
    std::shared_ptr<std::size_t> served_ = std::make_shared<std::size_t>(0);
    std::shared_ptr<std::size_t> refused_ = std::make_shared<std::size_t>(0);
};

} // namespace fullon_cache_api::detail
