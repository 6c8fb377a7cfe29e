// How many topics streams name: of one connection, and how many names of all connections nothing is known of. Sans-io.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fullon_cache_api::detail {

/// The names that streams of a server hold. One of which Redis holds nothing counts as invented until it does.
class topic_names {
public:
    struct entry {
        std::size_t holders = 0; ///< connections
        bool known = false; ///< something was found under it
    };
    using node = std::pair<const std::string, entry>;

    explicit topic_names(std::size_t most_invented = 200'000) noexcept : most_invented_(most_invented) {}
    topic_names(const topic_names&) = delete;
    topic_names& operator=(const topic_names&) = delete;

    std::size_t size() const noexcept { return names_.size(); }
    std::size_t invented() const noexcept { return invented_; }
    std::size_t most_invented() const noexcept { return most_invented_; }

private:
    friend class connection_topics;

    node* take(const std::string& name)
    {
        const auto place = names_.try_emplace(name).first;
        invented_ += place->second.holders++ == 0 ? 1 : 0;
        return &*place;
    }

    void release(node* which) noexcept
    {
        if (--which->second.holders != 0)
            return;
        invented_ -= which->second.known ? 0 : 1;
        names_.erase(names_.find(which->first));
    }

    void found(std::string_view name)
    {
        const auto place = names_.find(std::string(name));
        if (place != names_.end() && !std::exchange(place->second.known, true))
            --invented_;
    }

    std::unordered_map<std::string, entry> names_;
    std::size_t invented_ = 0; // of these
    std::size_t most_invented_;
};

/// Those of one connection: a name counts once, however many of its streams have it.
class connection_topics : public std::enable_shared_from_this<connection_topics> {
public:
    connection_topics(std::shared_ptr<topic_names> all, std::size_t most) noexcept
        : all_(std::move(all)), most_(most)
    {}
    connection_topics(const connection_topics&) = delete;
    connection_topics& operator=(const connection_topics&) = delete;

    /// What one stream holds of them, until its end.
    class claim {
    public:
        claim() noexcept = default;
        claim(claim&& other) noexcept = default;
        claim& operator=(claim&& other) noexcept
        {
            std::swap(of_, other.of_);
            std::swap(names_, other.names_);
            return *this;
        }
        ~claim()
        {
            if (of_)
                of_->release(names_);
        }

    private:
        friend class connection_topics;
        std::shared_ptr<connection_topics> of_;
        std::vector<topic_names::node*> names_;
    };

    /// All of the names or none. \throws boost::system::system_error `error::limit_exceeded`
    claim take(const std::vector<std::string>& names);

    /// Something is in Redis under that name.
    void found(std::string_view name) { all_->found(name); }

    std::size_t size() const noexcept { return held_.size(); }

private:
    void release(const std::vector<topic_names::node*>& names) noexcept;

    std::shared_ptr<topic_names> all_;
    std::size_t most_;
    std::unordered_map<topic_names::node*, std::size_t> held_; // by how many streams
    std::size_t named_ = 0; // by all streams together
};

} // namespace fullon_cache_api::detail
