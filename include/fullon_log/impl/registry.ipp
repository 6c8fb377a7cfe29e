// Bodies of registry.hpp.
#pragma once

#include <fullon_log/impl/registry.hpp>

#include <utility>

namespace fullon_log::detail {

registry& registry::instance()
{
    static registry& only = *new registry;
    return only;
}

log_entry& registry::entry(std::string_view name)
{
    const std::lock_guard lock(mutex_);
    auto found = entries_.find(name);
    if (found == entries_.end()) {
        auto made = std::make_unique<log_entry>();
        made->name = name;
        made->threshold.store(threshold_, std::memory_order_relaxed);
        found = entries_.emplace(std::string(name), std::move(made)).first;
    }
    return *found->second;
}

registry::lease::lease(registry& from) : from_(from)
{
    const std::lock_guard lock(from_.mutex_);
    writer_ = from_.writer_.get();
    if (writer_)
        ++writer_->users;
}

registry::lease::~lease()
{
    if (!writer_)
        return;
    const std::lock_guard lock(from_.mutex_);
    // Under the lock: the writer may be gone as soon as nobody uses it.
    if (--writer_->users == 0 && writer_ == from_.retiring_)
        from_.released_.notify_all();
}

void registry::replace(std::unique_ptr<writer> next, level threshold)
{
    std::unique_lock lock(mutex_);
    threshold_ = threshold;
    for (const auto& [name, entry] : entries_)
        entry->threshold.store(threshold, std::memory_order_relaxed);
    auto old = std::exchange(writer_, std::move(next));
    auto* const current = writer_.get(); // stays: the caller holds `control`
    if (old && old->is_foreign()) {
        // What the fork copied may be half-way through anything: neither end it nor free it.
        forked_from_ = old.release();
    } else if (old) {
        retiring_ = old.get();
        released_.wait(lock, [&] { return old->users == 0; });
        retiring_ = nullptr;
        const auto lost = old->dropped();
        lost_before_ += lost;
        lock.unlock();
        const auto lost_in_all = old->finish(); // outside the lock: it waits for the outputs
        lock.lock();
        lost_before_ += lost_in_all - lost;
    }
    lock.unlock();
    if (current)
        current->start();
}

void registry::count_lost_line() noexcept
{
    const std::lock_guard lock(mutex_);
    ++lost_before_;
}

std::uint64_t registry::dropped() noexcept
{
    const std::lock_guard lock(mutex_);
    return lost_before_ + (writer_ ? writer_->dropped() : 0);
}

} // namespace fullon_log::detail
