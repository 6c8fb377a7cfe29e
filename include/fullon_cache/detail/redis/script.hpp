// Scripts of this library, as commands that name them by their digest. Sans-io.
#pragma once

#include <fullon_cache/command.hpp>
#include <fullon_cache/reply.hpp>

#include <string>
#include <utility>

namespace fullon_cache::detail {

/// A Lua script. Commands point to it, so it must outlive them: one per script, as long as the program runs.
class script {
public:
    explicit script(std::string text);
    script(const script&) = delete;
    script& operator=(const script&) = delete;

    /// EVALSHA: spares Redis the text, which it would have to take apart and digest each time.
    template <class... Words>
    command call(int keys, Words&&... words) const
    {
        command made("EVALSHA", digest_, keys, std::forward<Words>(words)...);
        made.script_ = this;
        return made;
    }

    static bool is_called_by(const command& one) noexcept { return one.script_ != nullptr; }

    /// The same command as EVAL, with the text.
    static command whole(const command& one);

private:
    std::string text_;
    std::string digest_; // SHA1, as Redis names it
};

/// Whether Redis has not run a script only because it was called by its digest: it does not know it, or the user may not
/// call it so.
bool is_unknown_script(const reply& answer);
bool is_digest_forbidden(const reply& answer);

} // namespace fullon_cache::detail
