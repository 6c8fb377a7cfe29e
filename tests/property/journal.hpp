// Everything that was ever written, by its marks: what is handed out must be among it. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace property {

class journal {
public:
    void add(std::string topic, std::int64_t mark)
    {
        const std::lock_guard lock(mutex_);
        written_.emplace(std::move(topic), mark);
    }

    bool contains(const std::string& topic, std::int64_t mark) const
    {
        const std::lock_guard lock(mutex_);
        return written_.contains({topic, mark});
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
    std::set<std::pair<std::string, std::int64_t>> written_;
};

} // namespace property
