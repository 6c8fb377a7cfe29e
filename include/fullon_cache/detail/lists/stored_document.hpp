// A stored JSON object while changes are made to it; sans-io.
#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <utility>

namespace fullon_cache::detail {

/// As text, as an object, or both: each is made from the other when it is asked for, so that many changes in a row parse
/// and write it once.
class stored_document {
public:
    /// \param place where it is stored, for errors \param text  empty: nothing is stored
    stored_document(std::string place, std::optional<std::string> text)
        : place_(std::move(place)), text_(std::move(text)), absent_(!text_)
    {}

    /// Whether nothing is stored, nor has been put there by a change.
    bool absent() const noexcept { return absent_; }

    /// To look at; an empty one where nothing is stored. \throws cache_error serialization where what is stored cannot be
    /// read: it must not be overwritten.
    const boost::json::object& object();

    /// To be changed. \throws cache_error serialization
    boost::json::object& change();

    void replace(std::string text);

    const std::string& text();

    /// \throws cache_error serialization
    [[noreturn]] void refuse(const std::string& why) const;

private:
    std::string place_;
    std::optional<std::string> text_;
    boost::json::monotonic_resource memory_; // of the object: it lives for one round of changes
    std::optional<boost::json::object> object_;
    bool absent_;
};

} // namespace fullon_cache::detail
