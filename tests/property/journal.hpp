// Everything that was ever written, by its marks: what is handed out must be among it. Thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace property {

class journal {
public:
    void add(std::string topic, std::int64_t mark)
    {
        const std::lock_guard lock(mutex_);
        written_.try_emplace({std::move(topic), mark}, written_.size());
    }

    bool contains(const std::string& topic, std::int64_t mark) const
    {
        const std::lock_guard lock(mutex_);
        return written_.contains({topic, mark});
    }

    /// Redis was saved; and was put back to that.
    void save()
    {
        const std::lock_guard lock(mutex_);
        saved_ = written_.size();
    }
    void restore()
    {
        const std::lock_guard lock(mutex_);
        restored_ = std::max(restored_, saved_);
    }

    /// All that stands in `other` may be handed out now, and what was written before may come late: what was hidden
    /// in another database is in the place of what was there.
    void swap_with(const journal& other)
    {
        const std::scoped_lock lock(mutex_, other.mutex_);
        for (const auto& [entry, place] : other.written_)
            written_.try_emplace(entry, written_.size());
        restored_ = written_.size();
    }

    /// Whether a Redis that was put back may show it.
    bool restored(const std::string& topic, std::int64_t mark) const
    {
        const std::lock_guard lock(mutex_);
        const auto found = written_.find({topic, mark});
        return found != written_.end() && found->second < restored_;
    }

    /// How many marks of the topic there are.
    std::size_t count(const std::string& topic) const
    {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(std::distance(written_.lower_bound({topic, 0}),
                                                      written_.upper_bound({topic, std::int64_t(1) << 62U})));
    }

private:
    mutable std::mutex mutex_;
    std::map<std::pair<std::string, std::int64_t>, std::size_t> written_; // the place of each
    std::size_t saved_ = 0; // places before this
    std::size_t restored_ = 0; // the same
};

} // namespace property
