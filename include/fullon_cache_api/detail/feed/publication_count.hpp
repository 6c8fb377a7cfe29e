// Which publications of one topic a value that was read accounts for. Sans-io.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace fullon_cache_api::detail {

/// A publication says that something was written, never what is there now: that is read. Publications are counted, so that
/// a subscriber can be told how many values it was not shown. Values are compared by their hashes.
///
/// What a read accounts for: every publication that had come before the read was issued, and that of its own value if it
/// has come since. A value that is read before its publication has come takes a number at once, and the publication then
/// takes none. What is published twice in turn takes one.
class publication_count {
public:
    /// A publication of this value. `issued`: number of the last read that was issued before it came.
    void published(std::uint64_t value, std::uint64_t issued);

    struct accounted {
        std::uint64_t missed = 0; ///< publications that nobody is shown
        bool tell = false; ///< whether the value is told
    };

    /// A read found this value. `number`: of that read.
    accounted read(std::uint64_t value, std::uint64_t number);

    /// A read found that there is none.
    std::uint64_t read_nothing(std::uint64_t number);

    /// The value that numbering starts with, of the read of that number: nobody is told.
    void start(std::uint64_t value, std::uint64_t number);

private:
    static constexpr std::size_t most = 4096; // that are compared; older ones are only counted
    static constexpr std::size_t most_early = 64;

    struct waiting {
        std::uint64_t value;
        std::uint64_t issued;
    };

    std::size_t came_before(std::uint64_t number) const;
    std::optional<std::size_t> find_last(std::uint64_t value) const;
    std::uint64_t take(std::size_t count);
    void show(std::uint64_t value, bool published);

    std::deque<waiting> waiting_;
    std::uint64_t overflow_ = 0; // older than all that wait
    std::deque<std::uint64_t> early_; // shown, and not published yet; oldest first
    std::uint64_t shown_ = 0;
    bool any_shown_ = false;
    std::uint64_t last_came_ = 0; // of publications
    bool any_came_ = false;
};

} // namespace fullon_cache_api::detail
