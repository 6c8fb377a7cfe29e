// Bodies of topic_names.hpp.
#pragma once

#include <fullon_cache_api/detail/wire/topic_names.hpp>
#include <fullon_cache_api/error.hpp>

#include <boost/system/system_error.hpp>

namespace fullon_cache_api::detail {
namespace {

constexpr std::size_t streams_per_name = 4; // on average; each that has a name costs memory

void refuse_topics(std::string text)
{
    throw boost::system::system_error(error::limit_exceeded, text);
}

} // namespace

connection_topics::claim connection_topics::take(const std::vector<std::string>& names)
{
    claim made;
    made.of_ = shared_from_this();
    made.names_.reserve(names.size());
    const auto before = all_->invented();
    for (const auto& name : names) {
        auto* const one = all_->take(name);
        if (++held_[one] != 1)
            all_->release(one); // held once for this connection
        made.names_.push_back(one);
    }
    named_ += names.size();
    // Who lets `made` go gives all of it back.
    if (held_.size() > most_)
        refuse_topics("topics: more than " + std::to_string(most_) + " are followed on this connection");
    if (named_ > streams_per_name * most_)
        refuse_topics("topics: streams of this connection name more than " +
                      std::to_string(streams_per_name * most_));
    if (all_->invented() > all_->most_invented() && all_->invented() > before)
        refuse_topics("topics: this server follows more than " + std::to_string(all_->most_invented()) +
                      " names that do not exist in Redis");
    return made;
}

void connection_topics::release(const std::vector<topic_names::node*>& names) noexcept
{
    named_ -= names.size();
    for (auto* const one : names) {
        const auto held = held_.find(one);
        if (--held->second == 0) {
            held_.erase(held);
            all_->release(one);
        }
    }
}

} // namespace fullon_cache_api::detail
